/** Small and the same in every run, so that a file which once did harm can be found again. */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Flips, fills, cuts out or doubles a stretch, mostly near the front, where sizes and offsets are. */
export function damage(whole: Uint8Array, seed: number): Uint8Array {
  const random = seeded(seed);
  const bytes = Buffer.from(whole);
  const reach = random(2) ? bytes.byteLength : Math.min(400, bytes.byteLength);
  const at = 8 + random(reach - 8);
  const length = Math.min(1 + random(64), bytes.byteLength - at);
  switch (seed % 6) {
    case 0:
      bytes[at] = random(256);
      return bytes;
    case 1:
      return bytes.fill(0xff, at, at + length);
    case 2:
      return bytes.fill(0, at, at + length);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 4:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    default:
      for (let flips = 1 + random(40); flips > 0; flips -= 1) {
        const place = 8 + random(bytes.byteLength - 8);
        bytes[place] = (bytes[place] ?? 0) ^ (1 << random(8));
      }
      return bytes;
  }
}
