import { z } from 'zod';

/** UTF-8 size of a value as JSON, in bytes. */
export const jsonBytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).byteLength;

export const JsonObject = z.record(z.string().max(200), z.json());
export type JsonObject = z.infer<typeof JsonObject>;

const METADATA_BYTES = 16_384;

/** Whatever a client wants kept beside a record: one JSON object of at most 16 KiB. */
export const Metadata = JsonObject.refine((value) => jsonBytes(value) <= METADATA_BYTES, {
  message: `Metadata must be at most ${METADATA_BYTES} bytes as JSON.`,
});

const isStorable = (text: string) => !text.includes('\0') && text.isWellFormed();

/**
 * Path of the first text in a parsed JSON value that Postgres cannot hold as it is: NUL has no place in its texts,
 * and half a surrogate pair none in UTF-8. Null when all can be kept. An empty path is the value itself.
 */
export function findUnstorable(value: unknown): string | null {
  if (typeof value === 'string') return isStorable(value) ? null : '';
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const found = isStorable(key) ? findUnstorable(inner) : '';
    if (found !== null) return found === '' ? key : `${key}.${found}`;
  }
  return null;
}
