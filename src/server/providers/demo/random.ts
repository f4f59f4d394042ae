/** 32-bit FNV-1a over UTF-16 units, finished so that near texts land far apart. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return scramble(hash);
}

/** Bijective mixing of 32 bits (the finaliser of MurmurHash3). */
export function scramble(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

export type Random = {
  /** Uniform in [0, 1). */
  next(): number;
  range(low: number, high: number): number;
  /** An integer in [0, count). */
  int(count: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** Roughly normal, mean 0, deviation 1, within 3.5. */
  normal(): number;
  /** An independent stream, so that more draws in one part of a picture do not disturb another. */
  fork(name: string): Random;
};

/** Mulberry32: small, quick, and the same everywhere. */
export function createRandom(seed: number): Random {
  let state = scramble(seed);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (count: number) => Math.floor(next() * count);
  return {
    next,
    int,
    range: (low, high) => low + (high - low) * next(),
    chance: (probability) => next() < probability,
    pick: (list) => list[int(list.length)] ?? list[0],
    normal: () => (next() + next() + next() + next() - 2) * 1.732,
    fork: (name) => createRandom(seed ^ hashText(name)),
  };
}
