/** What a store may do to whoever trusts it. */
export type StoreFault =
  | 'keeps nothing'
  | 'keeps other bytes'
  | 'keeps a part'
  | 'serves other bytes'
  | 'keeps what it deletes'
  | 'refuses deletes'
  | 'answers 500'
  | 'never answers'
  | 'is full';

/** What a store with this fault keeps of what it was sent; null for nothing. It says that all went well. */
export function bytesKept(fault: StoreFault | null, sent: Buffer): Buffer | null {
  if (fault === 'keeps nothing') return null;
  if (fault === 'keeps other bytes') return altered(sent);
  return fault === 'keeps a part' ? sent.subarray(0, Math.floor(sent.byteLength / 2)) : sent;
}

/** Of equal length: only the hash tells. */
export const altered = (bytes: Uint8Array): Buffer => Buffer.from(bytes.map((byte) => byte ^ 1));
