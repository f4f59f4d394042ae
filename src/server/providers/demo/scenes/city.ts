import { addLight, blend, paintDisc, paintGlow, type Canvas } from '../canvas.ts';
import { makeRamp, mix, rampAt, scale, shade, type Rgb } from '../color.ts';
import { makeMirror } from '../mirror.ts';
import { fbm } from '../noise.ts';
import { layPlate, makePlate, type Plate } from '../plate.ts';
import type { Random } from '../random.ts';
import { makeSky } from '../sky.ts';
import type { PaintFrame, Studio } from '../studio.ts';

/** A window that goes on and off within the loop. */
type Blinker = { x: number; y: number; wide: number; tall: number; color: Rgb; turn: number; beat: number };

/** A skyline with its windows lit, over water that keeps them. */
export function city(studio: Studio): PaintFrame {
  const { width, height, unit, random, reading, palette } = studio;
  const draw = random.fork('city');
  const street = ['street', 'traffic', 'alley', 'downtown'].some((word) => reading.words.has(word));
  const shore = height * (street ? draw.range(0.86, 0.92) : draw.range(0.66, 0.78));
  const sky = makeSky(studio, {
    horizon: shore / height,
    clouds: reading.mood === 'storm' ? 0.95 : draw.range(0.15, 0.6),
    sunHeight: reading.mood === 'day' ? draw.range(0.7, 0.85) : draw.range(0.3, 0.75),
  });
  const ramp = makeRamp(palette.sky);
  const air = mix(rampAt(ramp, 0.9), palette.light, 0.2);
  const blinkers: Blinker[] = [];
  const rows = 4;
  const plates = Array.from({ length: rows }, (_, i) => {
    const near = i / (rows - 1);
    const plate = makePlate(width, height);
    const wall = mix(shade(palette.land, 1.25), air, (1 - near) ** 1.1 * 0.8);
    raiseRow(plate, studio, draw.fork(`row${i}`), { near, shore, wall, air }, blinkers);
    return plate;
  });
  const mirror = makeMirror(studio, shore, shade(palette.water, 0.8), 0.55);
  const glow = palette.dark ? mix(palette.light, [1, 0.55, 0.25], 0.4) : palette.light;
  const skyline = makePlate(width, height);
  for (const plate of plates) {
    hazeOver(skyline, shore, unit, glow, palette.dark ? 0.1 : 0.06);
    layPlate(skyline, plate);
  }
  return (canvas, phase) => {
    sky.paint(canvas, phase);
    layPlate(canvas, skyline);
    for (const lamp of blinkers) {
      const on = Math.max(0, Math.min(1, 0.5 + 4 * Math.sin(2 * Math.PI * (lamp.beat * phase + lamp.turn))));
      if (on > 0) lightPane(canvas, lamp, lamp.color, on, blend);
    }
    paintQuay(canvas, studio, shore, warmOf(palette.light));
    mirror(canvas, phase);
  };
}

/** Light in the air before what a plate has so far. A plate is laid where it covers, so that it covers by a hair. */
function hazeOver({ data, cover, width }: Plate, shore: number, unit: number, color: Rgb, power: number) {
  for (let y = 0; y < Math.floor(shore); y += 1) {
    const amount = power * Math.exp((y - shore) / (unit * 0.2));
    if (amount < 0.0004) continue;
    for (let i = y * width, end = i + width; i < end; i += 1) {
      cover[i] = Math.max(0.0001, cover[i] ?? 0);
      for (const c of [0, 1, 2] as const) data[i * 3 + c] = (data[i * 3 + c] ?? 0) + color[c] * amount;
    }
  }
}

const warmOf = (light: Rgb) => mix(light, [1, 0.62, 0.28], 0.6);

/** A low wall with its lamps, so that the eye sees where the water begins. */
function paintQuay(canvas: Canvas, { unit, palette }: Studio, shore: number, lamp: Rgb) {
  const tall = unit * 0.009;
  const wall = shade(palette.land, 0.6);
  const pitch = Math.max(6, Math.round(unit * 0.055));
  const bulb = Math.max(0.8, unit * 0.0017);
  for (let y = Math.max(0, Math.floor(shore - tall)); y < Math.min(canvas.height, shore); y += 1) {
    for (let x = 0; x < canvas.width; x += 1) blend(canvas, (y * canvas.width + x) * 3, wall, 0.9);
  }
  for (let x = pitch / 2; x < canvas.width; x += pitch) {
    paintDisc(canvas, x, shore - tall, bulb, scale(lamp, palette.dark ? 1.4 : 0.9));
    if (palette.dark) paintGlow(canvas, x, shore - tall, bulb * 6, lamp, 0.22);
  }
}

type Row = { near: number; shore: number; wall: Rgb; air: Rgb };

function raiseRow(plate: Plate, studio: Studio, draw: Random, row: Row, blinkers: Blinker[]) {
  const { width, unit, noise } = studio;
  const { near, shore } = row;
  const wide = unit * (0.034 + 0.034 * near);
  const place = draw.range(0, 50);
  const tallest = unit * (0.5 - 0.14 * near) * Math.min(1.15, shore / unit / 0.72);
  for (let x = -wide; x < width;) {
    const w = wide * draw.range(0.6, 1.6);
    const crowd = 0.5 + fbm(noise, (x / unit) * 1.7 + place, 2, 2);
    const tall =
      tallest * Math.max(0.16, crowd * 0.8 + draw.range(-0.16, 0.2) + (draw.chance(0.12) ? 0.3 : 0));
    raiseTower(plate, studio, draw, { left: Math.round(x), right: Math.round(x + w), tall, row }, blinkers);
    x += w * (near > 0.8 && draw.chance(0.25) ? draw.range(1.1, 1.9) : draw.range(0.82, 1.04));
  }
}

type Tower = { left: number; right: number; tall: number; row: Row };

function raiseTower(plate: Plate, studio: Studio, draw: Random, tower: Tower, blinkers: Blinker[]) {
  const { unit, palette } = studio;
  const { left, right, tall, row } = tower;
  const { near, shore, air } = row;
  const wall = shade(row.wall, draw.range(0.86, 1.1));
  const top = Math.round(shore - tall);
  const kind = draw.pick([0, 0, 1, 2, 3, 3, 4, 4, 5, 5]);
  const w = right - left;
  const wallAt = (y: number) => mix(wall, air, 0.28 * Math.max(0, (y - top) / tall) ** 2 * (1 - near * 0.5));
  const slab = (a: number, b: number, from: number, slope = 0) => {
    for (let y = Math.max(0, from - Math.ceil(Math.abs(slope * (b - a)))); y < shore; y += 1) {
      const color = wallAt(y);
      for (let x = Math.max(0, a); x < Math.min(plate.width, b); x += 1) {
        const roof = from + slope * (x - (slope > 0 ? b : a));
        const cover = Math.min(1, y + 1 - roof);
        const turn = 1 + 0.16 * ((x - a) / (b - a) - 0.5);
        if (cover > 0) blend(plate, (y * plate.width + x) * 3, scale(color, turn), cover);
      }
    }
  };
  slab(left, right, top, kind === 1 ? 0.45 : kind === 2 ? -0.45 : 0);
  if (kind === 3 || kind === 4) {
    slab(left + Math.round(w * 0.16), right - Math.round(w * 0.16), top - Math.round(tall * 0.09));
    if (kind === 4)
      slab(left + Math.round(w * 0.34), right - Math.round(w * 0.34), top - Math.round(tall * 0.2));
  }
  if (kind >= 4 && tall > unit * 0.2) {
    const middle = Math.round((left + right) / 2);
    const thin = Math.max(1, Math.round(unit / 600));
    slab(middle, middle + thin, top - Math.round(tall * draw.range(0.28, 0.42)));
  }
  lightWindows(plate, studio, draw, { left, right, top, shore, near }, palette.dark, blinkers);
}

function lightWindows(
  plate: Plate,
  { unit, palette }: Studio,
  draw: Random,
  face: { left: number; right: number; top: number; shore: number; near: number },
  dark: boolean,
  blinkers: Blinker[],
) {
  const { near } = face;
  const pitch = Math.max(4, Math.round(unit * (0.006 + 0.0045 * near)));
  const wide = Math.max(1, Math.round(pitch * draw.range(0.4, 0.66)));
  const storey = Math.max(4, Math.round(pitch * draw.range(1, 1.5)));
  const tall = Math.max(1, Math.round(storey * 0.55));
  const lit = dark ? draw.range(0.18, 0.55) : draw.range(0.02, 0.14);
  const warm = mix(palette.light, [1, 0.62, 0.28], draw.range(0.3, 0.85));
  const cool = mix(palette.light, [0.55, 0.8, 1], 0.6);
  const margin = Math.round(pitch * 0.5);
  for (let y = face.top + storey; y < face.shore - storey; y += storey) {
    const floorLit = draw.chance(0.08) ? 0.95 : lit * draw.range(0.5, 1.4);
    for (let x = face.left + margin; x + wide <= face.right - margin + 1; x += pitch) {
      const seen = draw.next();
      const strength = draw.range(0.35, 1.3) * (0.35 + 0.65 * near);
      const color = scale(draw.chance(0.14) ? cool : warm, strength);
      const pane = { x, y, wide, tall };
      if (seen < floorLit) lightPane(plate, pane, color, dark ? 0.95 : 0.7, blend);
      else if (seen > 0.988 && near > 0.3) {
        blinkers.push({ ...pane, color, turn: draw.next(), beat: 1 + draw.int(2) });
      } else lightPane(plate, pane, palette.light, dark ? 0.006 : 0.02, addLight);
    }
  }
}

function lightPane(
  canvas: Canvas,
  pane: { x: number; y: number; wide: number; tall: number },
  color: Rgb,
  amount: number,
  put: (canvas: Canvas, at: number, color: Rgb, amount: number) => void,
) {
  for (let y = Math.max(0, pane.y); y < Math.min(canvas.height, pane.y + pane.tall); y += 1) {
    for (let x = Math.max(0, pane.x); x < Math.min(canvas.width, pane.x + pane.wide); x += 1) {
      put(canvas, (y * canvas.width + x) * 3, color, amount);
    }
  }
}
