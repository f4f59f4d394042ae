import { makeRamp, mix, rampAt, scale, shade, type Rgb } from '../color.ts';
import { fieldAt, fillField, makeField, type Field } from '../field.ts';
import { fbm, smoothstep } from '../noise.ts';
import { makePaper, paperAt } from '../paper.ts';
import type { PaintFrame, Studio } from '../studio.ts';

/** A land seen from straight above: as a surveyor's lines, or cut from sheets of coloured paper. */
export function contours(studio: Studio): PaintFrame {
  const { random, reading } = studio;
  const lines = ['contour', 'topographic', 'topography', 'map', 'cartography', 'line', 'wireframe'];
  const drawn = lines.some((word) => reading.words.has(word)) || random.chance(0.35);
  return drawn ? inkLines(studio) : paperCut(studio);
}

type Land = { height: Field; across: Field; down: Field; draw(phase: number): void };

/** Heights about -1 to 1 and their slopes per pixel; the whole land leans round in a small circle during a loop. */
function makeLand(studio: Studio, zoom: number): Land {
  const { width, height, unit, noise, moving, random } = studio;
  const step = moving ? 4 : 2;
  const land = makeField(width, height, step);
  const across = makeField(width, height, step);
  const down = makeField(width, height, step);
  const [ox, oy] = [random.range(0, 60), random.range(0, 60)];
  const bend = random.range(0.3, 0.9);
  return {
    height: land,
    across,
    down,
    draw(phase) {
      const turn = 2 * Math.PI * phase;
      const [dx, dy] = [0.09 * Math.cos(turn), 0.09 * Math.sin(turn)];
      fillField(land, (x, y) => {
        const u = (x / unit) * zoom + ox;
        const v = (y / unit) * zoom + oy;
        const w = fbm(noise, u * 0.7 + 20 + dx, v * 0.7 + dy, 2) * bend;
        return fbm(noise, u + w + dx, v - w + dy, 4) * 1.6;
      });
      slopeFields(land, across, down);
    },
  };
}

function slopeFields({ columns, rows, step, values }: Field, across: Field, down: Field) {
  for (let row = 0, i = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, i += 1) {
      const left = values[column > 0 ? i - 1 : i] ?? 0;
      const right = values[column < columns - 1 ? i + 1 : i] ?? 0;
      const up = values[row > 0 ? i - columns : i] ?? 0;
      const below = values[row < rows - 1 ? i + columns : i] ?? 0;
      across.values[i] = (right - left) / (2 * step);
      down.values[i] = (below - up) / (2 * step);
    }
  }
}

function inkLines(studio: Studio): PaintFrame {
  const { width, height, unit, palette, random } = studio;
  const land = makeLand(studio, random.range(1.2, 1.9));
  const levels = random.range(11, 17);
  const paper = makePaper(random, 0.03);
  const dark = palette.dark || random.chance(0.25);
  const wash = makeRamp(palette.accents.slice(1));
  const ground: Rgb = dark ? shade(palette.accents[0] ?? [0, 0, 0], 0.75) : [0.9, 0.86, 0.77];
  const ink = dark
    ? scale(mix(palette.accents[4] ?? palette.light, palette.light, 0.5), 1.3)
    : (palette.accents[0] ?? palette.land);
  const pen = unit / 900;
  return ({ data }, phase) => {
    land.draw(phase);
    const field = land.height;
    for (let y = 0, at = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, at += 3) {
        const h = fieldAt(field, x, y);
        const sx = fieldAt(land.across, x, y);
        const sy = fieldAt(land.down, x, y);
        const steep = Math.sqrt(sx * sx + sy * sy) * levels + 1e-6;
        const level = h * levels;
        const nearest = Math.round(level);
        const bold = nearest % 5 === 0;
        const away = Math.abs(level - nearest) / steep;
        const line = smoothstep((bold ? 1.25 : 0.6) * pen + 0.6, (bold ? 1.25 : 0.6) * pen - 0.4, away);
        const tone = 3 * Math.round(Math.max(0, Math.min(1, 0.5 + h * 0.55)) * wash.last);
        const relief = 1 + Math.max(-0.22, Math.min(0.22, (-sx - sy) * unit * 0.1));
        const tooth = paperAt(paper, x, y) * relief;
        const tinted = dark ? 0.1 : 0.5;
        const strength = line * (bold ? 0.95 : 0.6);
        for (let c = 0; c < 3; c += 1) {
          const base = ((ground[c] ?? 0) * (1 - tinted) + (wash.table[tone + c] ?? 0) * tinted) * tooth;
          data[at + c] = base + ((ink[c] ?? 0) - base) * strength;
        }
      }
    }
  };
}

function paperCut(studio: Studio): PaintFrame {
  const { width, height, unit, palette, random, moving } = studio;
  const land = makeLand(studio, random.range(0.85, 1.35));
  const levels = random.range(5, 7.5);
  const paper = makePaper(random, 0.045);
  const order = random.chance(0.5) ? palette.accents : palette.accents.toReversed();
  const ramp = makeRamp(order);
  const steps = 24;
  const sheets = Array.from({ length: steps }, (_, i) =>
    rampAt(ramp, 0.5 + (i - steps / 2) / (levels * 2.1)),
  );
  const reach = unit * 0.014;
  const samples = moving ? 2 : 5;
  return ({ data }, phase) => {
    land.draw(phase);
    const field = land.height;
    for (let y = 0, at = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, at += 3) {
        const level = fieldAt(field, x, y) * levels;
        const sheet = Math.floor(level);
        const sx = fieldAt(land.across, x, y);
        const sy = fieldAt(land.down, x, y);
        const steep = Math.sqrt(sx * sx + sy * sy) * levels + 1e-6;
        const inside = (level - sheet) / steep;
        let dim = 0;
        const nearEdge = sheet + 1 - level < (steep * 2 + (levels * 1.5) / unit) * reach * 2.2;
        for (let k = nearEdge ? 1 : samples + 1; k <= samples; k += 1) {
          const far = (k / samples) * reach * 2.2;
          const over = fieldAt(field, Math.max(0, x - far * 0.75), Math.max(0, y - far)) * levels - sheet - 1;
          dim += smoothstep(-0.02, 0.1, over) * (1.15 - k / samples);
        }
        const shadow = 1 - Math.min(0.62, (dim / samples) * 1.5);
        const rim = sx + sy > 0 ? smoothstep(2.6, 0.4, inside) * 0.16 : smoothstep(2.2, 0.4, inside) * -0.1;
        const mine = sheets[Math.max(0, Math.min(steps - 1, sheet + steps / 2))] ?? palette.light;
        const under = sheets[Math.max(0, Math.min(steps - 1, sheet - 1 + steps / 2))] ?? palette.light;
        const cover = Math.min(1, inside + 0.5);
        const tooth = paperAt(paper, x + sheet * 97, y + sheet * 53) * shadow * (1 + rim);
        for (let c = 0; c < 3; c += 1) {
          data[at + c] = ((mine[c] ?? 0) * cover + (under[c] ?? 0) * (1 - cover)) * tooth;
        }
      }
    }
  };
}
