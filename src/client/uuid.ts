/**
 * UUIDs of versions 4 and 7 by RFC 9562, in a tenth of the weight that a class for all of them adds to the first page.
 * Not `crypto.randomUUID`, which browsers withhold from pages on plain http.
 */

const randomBytes = () => new DataView(crypto.getRandomValues(new Uint8Array(16)).buffer);

function toText(bytes: DataView, version: 4 | 7): string {
  bytes.setUint16(6, (version << 12) | (bytes.getUint16(6) & 0xfff));
  bytes.setUint8(8, 0x80 | (bytes.getUint8(8) & 0x3f));
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((at) => bytes.getUint16(at).toString(16).padStart(4, '0'));
  return groups.join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export const uuidv4 = () => toText(randomBytes(), 4);

let moment = 0;
let counter = 0;

/** Later ones sort after earlier ones, also within a millisecond (section 6.2, method 1) and when the clock goes back. */
export function uuidv7(): string {
  const bytes = randomBytes();
  const now = Date.now();
  if (now > moment) {
    moment = now;
    // The lower half, so that there is room to count.
    counter = bytes.getUint16(6) & 0x7ff;
  } else if (counter === 0xfff) {
    moment += 1;
    counter = 0;
  } else {
    counter += 1;
  }
  bytes.setUint16(0, Math.floor(moment / 2 ** 32));
  bytes.setUint32(2, moment % 2 ** 32);
  bytes.setUint16(6, counter);
  return toText(bytes, 7);
}
