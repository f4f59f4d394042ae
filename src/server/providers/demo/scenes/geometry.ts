import { blend, boxAround, eachPixel, fillGradient, type Canvas } from '../canvas.ts';
import { luminance, mix, type Rgb } from '../color.ts';
import { makePaper, paperAt, type Paper } from '../paper.ts';
import type { Random } from '../random.ts';
import type { PaintFrame, Studio } from '../studio.ts';

/** Circles, arcs and stripes in flat inks on paper, after the posters of the 1920s. */
export function geometry(studio: Studio): PaintFrame {
  const paper = makePaper(studio.random, 0.04);
  const composed = studio.reading.words.has('kandinsky') || studio.random.chance(0.4);
  return composed ? composition(studio, paper) : tiles(studio, paper);
}

const length = (x: number, y: number) => Math.sqrt(x * x + y * y);

/** Distance in cell widths from a motif in a cell of -1 to 1; negative inside. */
type Motif = (x: number, y: number) => number;

const MOTIFS: readonly [Motif, ...Motif[]] = [
  (x, y) => length(x + 1, y + 1) - 2,
  (x, y) => length(x + 1, y + 1) - 2,
  (x, y) => length(x, y) - 0.72,
  (x, y) => Math.max(length(x, y + 1) - 1, 0 - y - 2),
  (x, y) => Math.max(length(x + 1, y + 1) - 2, length(x - 1, y - 1) - 2),
  (x, y) => Math.max(length(x + 1, y + 1) - 2, 1 - length(x + 1, y + 1)),
  (x, y) => (x + y) * Math.SQRT1_2,
  (x, y) => Math.max(length(x, y) - 1, x),
  (x, y) => Math.abs(Math.abs(((length(x + 1, y + 1) / 0.5) % 1) - 0.5) * 0.5 - 0) - 0.13,
  (_, y) => Math.abs((((y + 1) / 0.5) % 1) - 0.5) * 0.5 - 0.12,
  (x, y) => length((((x + 1) * 2) % 1) - 0.5, (((y + 1) * 2) % 1) - 0.5) * 0.5 - 0.13,
  (x, y) =>
    Math.min(
      Math.max(Math.abs(x) - 0.24, Math.abs(y) - 0.72),
      Math.max(Math.abs(y) - 0.24, Math.abs(x) - 0.72),
    ),
];

type Tile = { ground: Rgb; ink: Rgb; dot: Rgb | null; motif: Motif; turn: number; late: number };

function tiles({ width, height, palette, random }: Studio, paper: Paper): PaintFrame {
  const across = 3 + random.int(3);
  const edge = Math.min(width, height) / across;
  const columns = Math.max(1, Math.round(width / edge));
  const rows = Math.max(1, Math.round(height / edge));
  const cellX = width / columns;
  const cellY = height / rows;
  const inks = inksOf(palette.accents);
  const cells: Tile[] = Array.from({ length: columns * rows }, () => {
    const [ground, ink] = twoInks(inks, random);
    return {
      ground,
      ink,
      dot: random.chance(0.3) ? random.pick(inks) : null,
      motif: random.pick(MOTIFS),
      turn: random.int(4),
      late: random.next() * 0.5,
    };
  });
  return (canvas, phase) => {
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const tile = cells[row * columns + column];
        if (!tile) continue;
        const angle = (quarterSteps(phase + tile.late) - quarterSteps(tile.late) + tile.turn) * (Math.PI / 2);
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        const left = Math.round(column * cellX);
        const top = Math.round(row * cellY);
        const right = Math.round((column + 1) * cellX);
        const bottom = Math.round((row + 1) * cellY);
        const half = (right - left) / 2;
        for (let y = top; y < bottom; y += 1) {
          const ly = (2 * (y + 0.5 - top)) / (bottom - top) - 1;
          for (let x = left, at = (y * width + left) * 3; x < right; x += 1, at += 3) {
            const lx = (2 * (x + 0.5 - left)) / (right - left) - 1;
            const mx = lx * cos + ly * sin;
            const my = ly * cos - lx * sin;
            const tooth = paperAt(paper, x, y);
            const cover = edgeCover(tile.motif(mx, my) * half);
            const dotted = tile.dot ? edgeCover((length(mx + 0.45, my + 0.45) - 0.22) * half) : 0;
            for (let c = 0; c < 3; c += 1) {
              const flat = (tile.ground[c] ?? 0) * (1 - cover) + (tile.ink[c] ?? 0) * cover;
              canvas.data[at + c] = (flat * (1 - dotted) + (tile.dot?.[c] ?? 0) * dotted) * tooth;
            }
          }
        }
      }
    }
  };
}

/** Four quarter turns in a loop, each eased, with a rest between. */
function quarterSteps(phase: number): number {
  const place = phase * 4;
  const whole = Math.floor(place);
  const t = Math.max(0, Math.min(1, (place - whole - 0.25) / 0.5));
  return whole + t * t * (3 - 2 * t);
}

const edgeCover = (pixels: number) => Math.max(0, Math.min(1, 0.5 - pixels));

const inksOf = (accents: readonly Rgb[]): [Rgb, ...Rgb[]] => {
  const [first = [0, 0, 0], ...rest] = accents;
  return [first, ...rest, [0.88, 0.83, 0.72]];
};

/** Two inks that can be told apart. */
function twoInks(inks: readonly [Rgb, ...Rgb[]], random: Random): [Rgb, Rgb] {
  const ground = random.pick(inks);
  for (let tries = 0; tries < 12; tries += 1) {
    const ink = random.pick(inks);
    if (Math.abs(Math.cbrt(luminance(ink)) - Math.cbrt(luminance(ground))) > 0.16) return [ground, ink];
  }
  return [ground, luminance(ground) > 0.3 ? inks[0] : [0.88, 0.83, 0.72]];
}

type Mark = {
  x: number;
  y: number;
  /** Nothing of the mark lies farther than this from its place, in pixels. */
  reach: { x: number; y: number };
  distance: (dx: number, dy: number, phase: number) => number;
  ink: Rgb;
  strength: number;
  sway: { far: number; turn: number };
};

/** Large overlapping figures printed over one another: where inks meet they darken, as they do on paper. */
function composition(studio: Studio, paper: Paper): PaintFrame {
  const { width, height, palette } = studio;
  const ground: Rgb = palette.dark
    ? mix(palette.accents[0] ?? [0, 0, 0], [0, 0, 0], 0.2)
    : mix([0.9, 0.85, 0.75], palette.accents[3] ?? [1, 1, 1], 0.25);
  const marks = makeMarks(studio);
  return (canvas: Canvas, phase) => {
    const { data } = canvas;
    fillGradient(canvas, ground, ground);
    for (const mark of marks) {
      const x0 = mark.x + mark.sway.far * Math.cos(2 * Math.PI * phase + mark.sway.turn);
      const y0 = mark.y + mark.sway.far * Math.sin(2 * Math.PI * phase + mark.sway.turn);
      eachPixel(canvas, boxAround(x0, y0, mark.reach.x, mark.reach.y), (at, x, y) => {
        const cover = edgeCover(mark.distance(x - x0, y - y0, phase)) * mark.strength;
        if (cover <= 0) return;
        if (palette.dark) return blend(canvas, at, mark.ink, cover);
        for (let c = 0; c < 3; c += 1) {
          const under = data[at + c] ?? 0;
          const printed = (mark.ink[c] ?? 0) * (0.25 + 0.75 * (under / Math.max(0.05, ground[c] ?? 1)));
          data[at + c] = under + (printed - under) * cover;
        }
      });
    }
    for (let y = 0, at = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, at += 3) {
        const tooth = paperAt(paper, x, y);
        for (let c = 0; c < 3; c += 1) data[at + c] = (data[at + c] ?? 0) * tooth;
      }
    }
  };
}

function makeMarks({ width, height, unit, palette, random }: Studio): Mark[] {
  const inks = inksOf(palette.accents.slice(palette.dark ? 1 : 0));
  const marks: Mark[] = [];
  const tilt = random.range(-0.9, 0.9);
  const add = (strength: number, sways: number, reach: Mark['reach'], distance: Mark['distance']) =>
    marks.push({
      x: width * (0.5 + 0.2 * random.normal()),
      y: height * (0.5 + 0.2 * random.normal()),
      reach,
      distance,
      strength,
      ink: random.pick(inks),
      sway: { far: unit * random.range(0.01, 0.035) * sways, turn: random.next() * 2 * Math.PI },
    });
  const disc = (size: number) => add(0.93, 1, { x: size, y: size }, (x, y) => length(x, y) - size);
  const bar = (long: number, thin: number, angle: number) => {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    add(0.96, 1, { x: Math.abs(long * cos) + thin, y: Math.abs(long * sin) + thin }, (x, y) =>
      Math.max(Math.abs(x * cos + y * sin) - long, Math.abs(y * cos - x * sin) - thin),
    );
  };
  const arc = (size: number, thick: number, start: number, turns: number) =>
    add(0.95, 0, { x: size + thick, y: size + thick }, (x, y, phase) => {
      const ring = Math.abs(length(x, y) - size) - thick;
      if (ring > 1) return ring;
      const angle = start + turns * 2 * Math.PI * phase;
      return Math.max(ring, x * Math.cos(angle) + y * Math.sin(angle));
    });

  for (let i = 0; i < 3; i += 1) disc(unit * random.range(0.14, 0.32));
  for (let i = 0; i < 3; i += 1) {
    const turns = random.chance(0.5) ? 1 : -1;
    arc(unit * random.range(0.16, 0.42), unit * random.range(0.008, 0.05), random.next() * 6.28, turns);
  }
  for (let i = 0; i < 4; i += 1) {
    bar(
      unit * random.range(0.2, 0.8),
      unit * random.range(0.003, 0.03),
      tilt + (random.chance(0.4) ? Math.PI / 2 : 0),
    );
  }
  const grid = unit * random.range(0.018, 0.032);
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  add(0.95, 0, { x: grid * 8, y: grid * 8 }, (x, y) => {
    const u = (x * cos + y * sin) / grid;
    const v = (y * cos - x * sin) / grid;
    return Math.max(checker(u, v), Math.abs(u) - 7, Math.abs(v) - 2.5) * grid;
  });
  for (let i = 0; i < 5; i += 1) disc(unit * random.range(0.012, 0.05));
  return marks;
}

/** Distance to the dark squares of a board of unit squares. */
function checker(u: number, v: number): number {
  const fx = Math.abs(u - 2 * Math.round(u / 2)) - 0.5;
  const fy = Math.abs(v - 2 * Math.round(v / 2)) - 0.5;
  return (fx * fy < 0 ? -1 : 1) * Math.min(Math.abs(fx), Math.abs(fy));
}
