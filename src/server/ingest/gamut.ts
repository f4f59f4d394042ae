/** The area between the three colours of sRGB in the plane of chromaticity, as its profile gives them. */
const SRGB_AREA = 0.1091;
/** Between sRGB and Display P3, which is 1.32 times as large; measured profiles of sRGB screens differ by some percent. */
const WIDE = 1.15 * SRGB_AREA;

const HEADER_BYTES = 128;
const MAX_TAGS = 200;

/**
 * Whether an ICC profile (ICC.1, 7.2 and 9.2) has colours that sRGB lacks, by its three primaries. One that has none,
 * such as of print, is not called wide.
 */
export function isWideGamut(icc: Uint8Array | undefined): boolean {
  if (!icc || icc.byteLength < HEADER_BYTES + 4) return false;
  const view = new DataView(icc.buffer, icc.byteOffset, icc.byteLength);
  const primaries = new Map<string, [x: number, y: number]>();
  for (let tag = 0; tag < Math.min(view.getUint32(HEADER_BYTES), MAX_TAGS); tag += 1) {
    const at = HEADER_BYTES + 4 + tag * 12;
    if (at + 12 > icc.byteLength) break;
    const name = Buffer.from(icc.subarray(at, at + 4)).toString('latin1');
    const offset = view.getUint32(at + 4);
    if (!/^[rgb]XYZ$/.test(name) || offset + 20 > icc.byteLength) continue;
    const [x = 0, y = 0, z = 0] = [8, 12, 16].map((inner) => view.getInt32(offset + inner));
    primaries.set(name, [x / (x + y + z), y / (x + y + z)]);
  }
  const [red, green, blue] = ['rXYZ', 'gXYZ', 'bXYZ'].map((name) => primaries.get(name));
  if (!red || !green || !blue) return false;
  const area =
    Math.abs((green[0] - red[0]) * (blue[1] - red[1]) - (blue[0] - red[0]) * (green[1] - red[1])) / 2;
  return area > WIDE;
}
