import type { Canvas } from './canvas.ts';
import type { Noise } from './noise.ts';
import type { Palette } from './palette.ts';
import type { Random } from './random.ts';
import type { Reading } from './reading.ts';

/** What every scene is given. The same studio always yields the same picture. */
export type Studio = {
  width: number;
  height: number;
  /** Length against which sizes are chosen, in pixels: the edge of a square of the same area. */
  unit: number;
  random: Random;
  noise: Noise;
  palette: Palette;
  reading: Reading;
  /** True for clips, where a frame has a tenth of a still's time: fewer octaves, coarser fields. */
  moving: boolean;
};

/** Paints every pixel of the canvas for a moment of the loop; `phase` is 0 to 1 and 1 looks like 0. */
export type PaintFrame = (canvas: Canvas, phase: number) => void;

/** Plans a picture once, so that a clip pays for the plan once. */
export type Scene = (studio: Studio) => PaintFrame;
