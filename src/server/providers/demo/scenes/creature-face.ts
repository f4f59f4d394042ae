import { box, circle, ellipse, lens, melt, polygon, segment } from '../shapes.ts';

/** What makes one animal's face not another's. */
export type Face = {
  coat: string;
  patch: string;
  ears: 'pointed' | 'round' | 'long' | 'floppy' | 'leaf' | 'tufts';
  muzzle: 'short' | 'long' | 'beak';
  marks: 'none' | 'stripes' | 'mane' | 'antlers' | 'mask';
  eye: string;
  /** Almond eyes show their colour; button eyes are dark and round. */
  look: 'slit' | 'almond' | 'button' | 'owl';
};

const face = (
  coat: string,
  patch: string,
  ears: Face['ears'],
  muzzle: Face['muzzle'],
  marks: Face['marks'],
  eye: string,
  look: Face['look'],
): Face => ({ coat, patch, ears, muzzle, marks, eye, look });

export const CAT = face('#4a4e69', '#d8cfe0', 'pointed', 'short', 'none', '#c8e06a', 'slit');
export const FACES: readonly (readonly [words: string, Face])[] = [
  ['cat kitten chat gato katze 猫', CAT],
  ['fox', face('#d9662b', '#fbeedd', 'pointed', 'long', 'mask', '#3a1d10', 'button')],
  ['wolf', face('#66707f', '#e3e6ea', 'pointed', 'long', 'mask', '#f0c14b', 'almond')],
  [
    'dog puppy chien perro hund 犬',
    face('#b57b48', '#f6e7d2', 'floppy', 'long', 'none', '#2a1710', 'button'),
  ],
  ['bear panda', face('#6b4a35', '#c99b72', 'round', 'long', 'none', '#1c120c', 'button')],
  ['rabbit bunny', face('#b9a79b', '#f7ece6', 'long', 'short', 'none', '#5a2a35', 'button')],
  [
    'owl bird eagle raven swan crane parrot 鳥',
    face('#7a5b46', '#ead7b5', 'tufts', 'beak', 'none', '#f5b431', 'owl'),
  ],
  ['lion', face('#d79b4a', '#f8e3b8', 'round', 'long', 'mane', '#5a3210', 'button')],
  ['tiger', face('#e07b2e', '#fdf0df', 'round', 'short', 'stripes', '#b9d05a', 'almond')],
  [
    'deer horse elephant animal pet',
    face('#a4714a', '#f0dcc0', 'leaf', 'long', 'antlers', '#21130c', 'button'),
  ],
];

/** Distances in head widths; x is mirrored, so it is never negative. */
export function faceParts(kind: Face) {
  const long = kind.muzzle === 'long';
  const beak = kind.muzzle === 'beak';
  const head = (x: number, y: number) =>
    melt(ellipse(x, y + 0.08, 0.92, 0.78), ellipse(x, y - 0.3, long ? 0.56 : 0.72, long ? 0.6 : 0.46), 0.22);
  const ears: Record<Face['ears'], (x: number, y: number) => number> = {
    pointed: (x, y) =>
      polygon(
        x,
        y,
        [
          [0.2, -0.6],
          [0.72, -1.34],
          [0.92, -0.25],
        ],
        0.07,
      ),
    round: (x, y) => circle(x - 0.68, y + 0.68, 0.33),
    long: (x, y) => segment(x, y, [0.36, -0.7], [0.56, -1.6], 0.2),
    floppy: (x, y) => melt(ellipse(x - 0.95, y - 0.02, 0.27, 0.6), circle(x - 0.75, y + 0.45, 0.24), 0.3),
    leaf: (x, y) => {
      const [dx, dy] = [x - 1.02, y + 0.52];
      return lens(dx * 0.86 - dy * 0.5, dy * 0.86 + dx * 0.5, 0.44, 0.19);
    },
    tufts: (x, y) =>
      polygon(
        x,
        y,
        [
          [0.25, -0.62],
          [0.78, -0.98],
          [0.8, -0.2],
        ],
        0.06,
      ),
  };
  return {
    head,
    ear: ears[kind.ears],
    body: (x: number, y: number) =>
      melt(ellipse(x, Math.min(y - 2.15, 0), 1.15, 1.3), ellipse(x, y - 0.9, 0.6, 0.6), 0.4),
    bib: (x: number, y: number) => ellipse(x, y - 1.75, 0.5, 0.85),
    mask: (x: number, y: number) => {
      if (beak) return ellipse(x - 0.4, y + 0.06, 0.44, 0.47);
      if (kind.marks === 'mask') return ellipse(x - 0.66, y - 0.42, 0.52, 0.44);
      return segment(x, y, [0, -0.2], [0, 0.3], 0.11) + Math.max(0, -y) * 0.5;
    },
    muzzle: (x: number, y: number) => {
      if (beak) return 9;
      return long
        ? melt(ellipse(x, y - 0.5, 0.32, 0.36), ellipse(x, y - 0.1, 0.16, 0.4), 0.2)
        : melt(circle(x - 0.17, y - 0.4, 0.22), ellipse(x, y - 0.56, 0.14, 0.14), 0.12);
    },
    eye: (x: number, y: number, closed: boolean) => {
      if (beak) return closed ? lens(x - 0.4, y + 0.06, 0.28, 0.04) : circle(x - 0.4, y + 0.06, 0.29);
      if (kind.look === 'button') {
        return closed ? lens(x - 0.37, y + 0.02, 0.15, 0.025) : ellipse(x - 0.37, y + 0.03, 0.125, 0.15);
      }
      const [dx, dy] = [x - 0.42, y + 0.06];
      return lens(dx * 0.97 - dy * 0.22, dy * 0.97 + dx * 0.22, 0.25, closed ? 0.025 : 0.165);
    },
    nose: (x: number, y: number) => {
      if (beak)
        return polygon(
          x,
          y,
          [
            [-0.14, 0.12],
            [0.14, 0.12],
            [0, 0.58],
          ],
          0.04,
        );
      const at = long ? 0.34 : 0.28;
      return polygon(
        x,
        y,
        [
          [-0.12, at],
          [0.12, at],
          [0, at + 0.12],
        ],
        long ? 0.07 : 0.035,
      );
    },
    mouth: (x: number, y: number) => {
      const at = long ? 0.62 : 0.5;
      const stem = segment(x, y, [0, at - 0.14], [0, at], 0.014);
      const curve = Math.max(Math.abs(circle(x - 0.12, y - at + 0.02, 0.12)) - 0.014, at - y - 0.02);
      return Math.min(stem, curve);
    },
    whiskers: (x: number, y: number) =>
      Math.min(
        ...[-0.12, 0.02, 0.16].map((drop) =>
          segment(x, y, [0.3, 0.4 + drop * 0.35], [1.15, 0.34 + drop * 1.7], 0.009),
        ),
      ),
    stripes: (x: number, y: number) =>
      Math.min(
        lens(x - 0.02, (y + 0.66) * 1, 0.16, 0.05),
        ...[-0.35, -0.05, 0.25, 0.52].map((row) => {
          const [dx, dy] = [x - 0.86, y - row];
          return lens(dx * 0.94 - dy * 0.34, dy * 0.94 + dx * 0.34, 0.26, 0.055);
        }),
        ...[0.12, 0.34].map((spot) => lens(y + 0.66 - spot * 0.3, x - spot, 0.15, 0.045)),
      ),
    antlers: (x: number, y: number) =>
      Math.min(
        segment(x, y, [0.3, -0.7], [0.62, -1.45], 0.05),
        segment(x, y, [0.62, -1.45], [0.5, -1.95], 0.04),
        segment(x, y, [0.48, -1.12], [0.98, -1.4], 0.04),
        segment(x, y, [0.62, -1.45], [0.98, -1.85], 0.035),
        box(x - 0.3, y + 0.7, 0.06, 0.06, 0.05),
      ),
  };
}
