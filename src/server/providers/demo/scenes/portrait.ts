import { paintBackdrop } from '../backdrop.ts';
import { blend, eachPixel } from '../canvas.ts';
import { fromHex, mix, shade, type Rgb } from '../color.ts';
import { fbm, noiseAt } from '../noise.ts';
import { tint } from '../palette.ts';
import { makePaper, paperAt } from '../paper.ts';
import { layPlate, laySwaying, makePlate, type Plate } from '../plate.ts';
import { circle, ellipse, lens, melt, segment } from '../shapes.ts';
import type { PaintFrame, Studio } from '../studio.ts';

const SKINS = ['#f3cfb3', '#e6b08a', '#c98a5e', '#9c6240', '#6b4230'] as const;
const HAIRS = ['#1d1a20', '#3a2318', '#6e3d1f', '#b0622a', '#d9a94f', '#8f8f98'] as const;

/** A calm face, cut into a light and a shaded half along its profile, before a sun and leaves. */
export function portrait(studio: Studio): PaintFrame {
  const { height, unit, random, reading, moving } = studio;
  const hair = tint(fromHex(random.pick(HAIRS)), reading.colors, 0.1);
  const { still, leaves } = paintBackdrop(studio, hair);
  const paint = makeSitter(studio, hair);
  const open = paint(false);
  const asleep = moving ? paint(true) : open;
  return (canvas, phase) => {
    canvas.data.set(still.data);
    leaves(canvas, phase);
    if (!moving) return layPlate(canvas, open);
    const sway = unit * 0.008 * Math.sin(2 * Math.PI * phase);
    laySwaying(canvas, phase > 0.6 && phase < 0.645 ? asleep : open, (y) => sway * (1 - y / height));
  };
}

function makeSitter(studio: Studio, hair: Rgb) {
  const { width, height, random, noise, palette, reading } = studio;
  const draw = random.fork('sitter');
  const paper = makePaper(random, 0.04);
  const size = Math.min(width, height) * draw.range(0.27, 0.31);
  const [cx, cy] = [width * draw.range(0.46, 0.54), height * 0.47];
  const tilt = draw.range(-0.08, 0.08);
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  const skin = fromHex(draw.pick(SKINS));
  const dim = mix(shade(skin, 0.78), palette.sky[1] ?? skin, 0.22);
  const half = mix(skin, dim, 0.5);
  const ink = shade(mix(skin, [0.1, 0.03, 0.04], 0.8), 0.55);
  const lips = mix(fromHex('#b8434a'), skin, 0.25);
  const iris = fromHex(draw.pick(['#3d2a1c', '#2f5a4a', '#2e4f7c', '#5a3a1e']));
  const cloth = tint(palette.accents[1 + draw.int(3)] ?? palette.land, reading.colors, 0.5);
  const jewel = palette.accents[4] ?? palette.light;
  const gold = fromHex('#e2b33c');
  const crowned = ['queen', 'king'].some((word) => reading.words.has(word));
  const short = ['man', 'boy', 'king'].some((word) => reading.words.has(word)) || draw.chance(0.3);
  const bun = !short && draw.chance(0.4);
  const parting = draw.range(-0.35, 0.35);
  const lit = draw.chance(0.5) ? 1 : -1;

  const gloss = (x: number, y: number) => {
    const m = Math.abs(x);
    const strand =
      noiseAt(noise, (m - y * 0.12) * 15, y * 1.2 + 3) * 0.22 + fbm(noise, x * 2, y * 2, 2) * 0.18;
    return 1 + strand + 0.5 * Math.max(0, 1 - Math.abs(y + 0.72 + 0.3 * m * m) * 5);
  };

  return (asleep: boolean): Plate => {
    const plate = makePlate(width, height);
    eachPixel(plate, { left: 0, top: 0, right: width, bottom: height }, (at, px, py) => {
      const x = ((px - cx) * cos + (py - cy) * sin) / size;
      const y = ((py - cy) * cos - (px - cx) * sin) / size;
      const m = Math.abs(x);
      if (y < -1.9 || (m > 1.2 && y < 0.9)) return;
      const tooth = paperAt(paper, px | 0, py | 0);
      const lay = (distance: number, paint: Rgb, light = 1, strength = 1) => {
        const cover = Math.min(1, 0.5 - distance * size) * strength;
        if (cover <= 0) return;
        const by = light * tooth;
        blend(plate, at, [paint[0] * by, paint[1] * by, paint[2] * by], cover);
      };
      const sheen = y < 1.6 ? gloss(x, y) : 1;

      const curl = 0.05 * noiseAt(noise, y * 2.2 + (x > 0 ? 7 : 0), 2);
      if (!short)
        lay(
          melt(ellipse(x, y + 0.25, 1.02 + curl, 1.02), ellipse(x, y - 0.75, 0.88 + curl, 1.05), 0.4),
          hair,
          sheen * 0.72,
        );
      if (bun) lay(circle(x - 0.1 * lit, y + 1.38, 0.4), hair, sheen * 0.85);
      const neck = melt(segment(x, y, [0, 0.6], [0, 1.5], 0.3), ellipse(x, y - 2.2, 1.3, 0.75), 0.4);
      lay(neck, half, 0.95 - 0.28 * Math.max(0, 1.15 - y) * (y > 0.75 ? 1 : 0));
      const shoulders = ellipse(x, Math.min(y - 2.75, 0), 1.75, 1.15);
      const neckline = ellipse(x, y - 1.35, 0.62, 0.62);
      const fold = 1 + 0.12 * noiseAt(noise, x * 3 + 5, y * 1.5) - 0.1 * x * lit;
      lay(Math.max(shoulders, -neckline), cloth, fold);
      lay(Math.max(shoulders + 0.02, Math.abs(neckline) - 0.035), jewel, fold);

      lay(ellipse(m - 0.76, y - 0.04, 0.11, 0.2), half, 0.94);
      const face = melt(ellipse(x, y + 0.18, 0.76, 0.78), ellipse(x, y - 0.42, 0.46, 0.54), 0.3);
      lay(face, skin, 1.05 - 0.08 * y);
      const profile = profileAt(y);
      const edge = lit > 0 ? x + profile : profile - x;
      lay(Math.max(face, edge), dim, 1 - 0.06 * y);
      const blush = Math.exp(-((m - 0.44) ** 2 + (y - 0.26) ** 2) * 22) * 0.32;
      if (blush > 0.02 && face < 0) blend(plate, at, [lips[0], lips[1], lips[2]], blush);

      const lid = lens(m - 0.33, y - (asleep ? 0.03 : 0), 0.165, asleep ? 0.012 : 0.075);
      if (asleep) lay(Math.abs(lens(m - 0.33, y + 0.01, 0.17, 0.06)) - 0.012 + (y < 0 ? 1 : 0), ink);
      else {
        lay(lid - 0.014, ink);
        lay(lid, [0.93, 0.91, 0.88], x * lit > 0 ? 1 : 0.8);
        lay(Math.max(lid, circle(m - 0.33, y + 0.008, 0.074)), iris);
        lay(Math.max(lid, circle(m - 0.33, y + 0.008, 0.034)), [0.01, 0.01, 0.012]);
        lay(Math.max(lid, circle(x - 0.022 - (x < 0 ? -0.33 : 0.33), y + 0.032, 0.017)), [1, 1, 1]);
      }
      lay(segment(m, y, [0.16, -0.235], [0.35, -0.265], 0.024), hair, 0.8);
      lay(segment(m, y, [0.35, -0.265], [0.5, -0.19], 0.016), hair, 0.8);
      lay(segment(m, y, [0.06, 0.36], [0.09, 0.35], 0.02), ink, 1, 0.75);
      const mouth = melt(lens(m - 0.07, y - 0.6, 0.13, 0.045), lens(x, y - 0.63, 0.16, 0.065), 0.03);
      lay(mouth, lips, x * lit > 0 ? 1.08 : 0.85);
      lay(segment(m, y, [0, 0.614], [0.19, 0.578], 0.008), ink, 1, 0.85);

      const cap = Math.max(
        ellipse(x, y + 0.27, short ? 0.8 : 0.9, short ? 0.77 : 0.84),
        fringe(x, y, parting, short),
      );
      lay(cap, hair, sheen);
      if (!short) lay(circle(m - 0.78, y - 0.36, 0.055), jewel, 1.1);
      if (crowned) {
        const spikes = -0.98 - 0.24 * Math.abs(((m * 3.1 + 0.5) % 1) - 0.5) * 2;
        lay(
          Math.max(spikes - y, y + 0.74 - 0.12 * m * m, m - 0.66),
          gold,
          1 + 0.4 * noiseAt(noise, x * 8, 1),
        );
      }
    });
    return plate;
  };
}

/** Where light turns to shade at each height: brow, nose, lips, chin. */
function profileAt(y: number): number {
  const bump = (at: number, wide: number, far: number) => far * Math.exp(-(((y - at) / wide) ** 2));
  return (
    bump(0.27, 0.17, 0.15) +
    bump(-0.35, 0.25, 0.05) +
    bump(0.58, 0.06, 0.06) +
    bump(0.7, 0.05, 0.05) -
    bump(0.02, 0.1, 0.03)
  );
}

/** Distance below the hairline, which sweeps to both sides from the parting. */
function fringe(x: number, y: number, parting: number, short: boolean): number {
  const away = Math.abs(x - parting);
  return (y - (short ? -0.56 + 0.62 * x * x - 0.12 * x : -0.66 + 0.85 * away ** 1.7)) * 0.7;
}
