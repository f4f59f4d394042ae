import { fromHex, fromOklab, fromOklch, toOklab, toOklch, type Rgb } from './color.ts';
import type { Random } from './random.ts';
import type { Reading } from './reading.ts';
import type { MoodName } from './vocabulary.ts';

export type Palette = {
  /** From the zenith to the horizon. */
  sky: readonly Rgb[];
  light: Rgb;
  /** The nearest, darkest ground. */
  land: Rgb;
  water: Rgb;
  /** Five colours for pictures without a sky, dark to light with one that stands out. */
  accents: readonly Rgb[];
  dark: boolean;
};

/** Sky from zenith to horizon, then light, land, water. */
const MOOD_COLORS: Record<MoodName, readonly (readonly string[])[]> = {
  sunset: [
    ['#14173d', '#43306b', '#a3476f', '#ee7b5a', '#ffc47a', '#ffb066', '#1a1230', '#1c1d4a'],
    ['#0e2a4f', '#3b5c8c', '#b98a9a', '#ffa878', '#ffdc9c', '#ffc080', '#17233a', '#143454'],
    ['#2a1238', '#6b2350', '#c8384f', '#f8763f', '#ffcf6b', '#ff9d4a', '#1d0c1f', '#3a1440'],
  ],
  dawn: [
    ['#5f7fb8', '#93a7d1', '#dcb9cd', '#f9cfb5', '#fff0d2', '#ffe3b8', '#303a5e', '#3f628f'],
    ['#7a86b8', '#b3a6cc', '#e6b8c2', '#fbd0b0', '#fdeccb', '#ffd9b0', '#3b3357', '#5a6c9c'],
  ],
  day: [
    ['#1f66b5', '#4f97d6', '#93c7ea', '#cfe6f0', '#f3f6ef', '#fff6dd', '#1d4436', '#0b4f78'],
    ['#1779ba', '#3fa7d6', '#7ccbe3', '#bfe6e8', '#f1f4e4', '#fff3d0', '#23503f', '#046a7e'],
  ],
  dusk: [
    ['#0a1030', '#1c2558', '#4a3a7d', '#94567f', '#e79a7c', '#ffb48c', '#0a0c20', '#0f1538'],
    ['#07152e', '#14345c', '#2f5f86', '#7f8f9e', '#e0b088', '#ffc996', '#081120', '#0b2742'],
  ],
  night: [
    ['#03050f', '#070d22', '#0e1b3c', '#19305a', '#2c4a72', '#e3ebff', '#02040a', '#040a1c'],
    ['#05040f', '#0e0a26', '#1d1440', '#33235c', '#4e3d78', '#f1e6ff', '#04030a', '#0a0720'],
  ],
  storm: [
    ['#1a2128', '#2f3b45', '#56656d', '#8d9a9b', '#c9cdc4', '#e8ead9', '#11171a', '#16262c'],
    ['#171c2b', '#2b3550', '#55617d', '#8c95a5', '#c8c6c0', '#e9e4d5', '#0f131d', '#1a2438'],
  ],
  mist: [
    ['#93a8b0', '#aebfc2', '#cbd5d2', '#e2e6dd', '#f4f2e8', '#fff8e6', '#22363c', '#5b777e'],
    ['#a4a2b4', '#bfb7c2', '#d9cdcf', '#ecdfd8', '#f8efe2', '#fff1dc', '#36324a', '#75738c'],
  ],
  gold: [
    ['#5a4a4a', '#9a7350', '#d99a4d', '#f6c77a', '#fff0c4', '#ffd48a', '#2c1a12', '#4a3a30'],
    ['#46607a', '#8a8f86', '#d6ae74', '#f7cd85', '#fff0c9', '#ffdb94', '#2e2118', '#3c4a52'],
  ],
  winter: [
    ['#5f84ab', '#93b0ca', '#c3d4e1', '#e5ecf1', '#fbf5ec', '#fff4e0', '#22384e', '#476a89'],
    ['#76789f', '#a5a8c6', '#d0cfe0', '#ecdfe4', '#fdf0e6', '#ffe9d6', '#2b3050', '#5c6690'],
  ],
};

const ABSTRACTS: readonly [readonly string[], ...(readonly string[])[]] = [
  ['#0b132b', '#1c4e80', '#3fa7d6', '#f5d6a0', '#ee6c4d'],
  ['#2d1e2f', '#6a2e5a', '#d1495b', '#edae49', '#f7f0d6'],
  ['#10302e', '#1f7a6c', '#7cc6a4', '#f2e8c4', '#e07a3f'],
  ['#1a1423', '#3d2c6d', '#7a5cc9', '#f2a7c3', '#fff1e0'],
  ['#14213d', '#33658a', '#86bbd8', '#f6ae2d', '#f26419'],
  ['#22223b', '#4a4e69', '#9a8c98', '#c9ada7', '#f2e9e4'],
  ['#0d1b1e', '#0f4c5c', '#5fa8a0', '#f7e8c8', '#fb8b24'],
  ['#2b061e', '#875053', '#d4a276', '#f0e2c4', '#4d9078'],
  ['#101820', '#7d1538', '#d7263d', '#f46036', '#ffd9a8'],
  ['#0a1f1a', '#2e6f40', '#a3b565', '#f4e2a1', '#d95d39'],
];

const DARK: ReadonlySet<MoodName> = new Set(['night', 'dusk', 'storm']);

export function choosePalette(reading: Reading, random: Random): Palette {
  const options = MOOD_COLORS[reading.mood];
  const hexes = options[(reading.hash + random.int(options.length)) % options.length] ?? options[0] ?? [];
  const abstract = ABSTRACTS[(reading.hash >>> 7) % ABSTRACTS.length] ?? ABSTRACTS[0];
  const turn = random.range(-7, 7);
  const recolor = (color: Rgb, place: number) => tint(rotate(color, turn), reading.colors, place);
  const base = hexes.map((hex, i) => recolor(fromHex(hex), i / Math.max(1, hexes.length - 1)));
  const [s0, s1, s2, s3, s4, light, land, water] = base;
  const grey = fromOklch(0.5, 0, 0);
  const sky = [s0, s1, s2, s3, s4].map((color) => color ?? grey);
  const accents = reading.moodNamed
    ? [land, s1, s2, s3, s4].map((color) => color ?? grey)
    : abstract.map((hex, i) => recolor(rotate(fromHex(hex), random.range(-10, 10)), i / 4));
  return {
    sky,
    light: light ?? grey,
    land: land ?? grey,
    water: water ?? grey,
    accents,
    dark: DARK.has(reading.mood),
  };
}

function rotate(color: Rgb, degrees: number): Rgb {
  const { lightness, chroma, hue } = toOklch(color);
  return fromOklch(lightness, chroma, hue + degrees);
}

/** Draws a colour towards the ones that the prompt names: the first for the darker half, the second for the lighter. */
export function tint(color: Rgb, wanted: Reading['colors'], place: number): Rgb {
  const target = wanted[Math.min(wanted.length - 1, Math.floor(place * wanted.length))];
  if (!target) return color;
  const [lightness] = toOklab(color);
  const reach = Math.sin(Math.PI * Math.min(1, Math.max(0, lightness))) * 0.85 + 0.15;
  const goal = fromOklch(lightness, target.chroma * reach, target.hue);
  return fromOklab(mixLab(toOklab(color), toOklab(goal), 0.78));
}

const mixLab = (a: readonly [number, number, number], b: readonly [number, number, number], t: number) =>
  [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t] as const;
