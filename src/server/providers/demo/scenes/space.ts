import { addLight, blend, boxAround, eachPixel, type Canvas } from '../canvas.ts';
import { fromOklch, makeRamp, mix, rampAt, scale, type Rgb } from '../color.ts';
import { fieldAt, fillField, makeField } from '../field.ts';
import { fbm, noiseAt, ridged, smoothstep } from '../noise.ts';
import type { Random } from '../random.ts';
import { makeStars } from '../sky.ts';
import type { PaintFrame, Studio } from '../studio.ts';

const PLANET_WORDS = [
  'planet',
  'saturn',
  'jupiter',
  'orbit',
  'spaceship',
  'alien',
  'moon',
  'eclipse',
  'mars',
  'lunar',
];

/** Gas lit by young stars, dust in front of it, and now and then a planet. */
export function space(studio: Studio): PaintFrame {
  const { width, height, random, reading } = studio;
  const draw = random.fork('space');
  const clouds = new Float32Array(width * height * 3);
  paintNebula(studio, draw.fork('nebula'), clouds);
  const stars = makeStars(studio, height * 4, 0.55);
  const beacons = makeBeacons(studio, draw.fork('beacons'));
  const wanted = PLANET_WORDS.some((word) => reading.words.has(word));
  const planet = wanted || draw.chance(0.5) ? makePlanet(studio, draw.fork('planet'), wanted) : null;
  return (canvas, phase) => {
    canvas.data.set(clouds);
    stars(canvas, phase);
    beacons(canvas, phase);
    planet?.(canvas, phase);
  };
}

function nebulaColors({ palette, reading }: Studio, draw: Random): Rgb[] {
  const [first, second] = reading.colors;
  const hue = first?.hue ?? draw.range(0, 360);
  const chroma = first ? first.chroma : draw.range(0.13, 0.18);
  const other = second?.hue ?? hue + (draw.chance(0.5) ? 1 : -1) * draw.range(50, 130);
  const accent = draw.chance(0.5) ? 55 : other;
  return [
    fromOklch(0.07, 0.02, hue),
    fromOklch(0.2, chroma * 0.55, hue),
    fromOklch(0.42, chroma, hue),
    fromOklch(0.62, chroma * 1.05, other),
    mix(fromOklch(0.84, 0.11, accent), palette.light, 0.25),
  ];
}

function paintNebula(studio: Studio, draw: Random, out: Float32Array) {
  const { width, height, unit, noise } = studio;
  const ramp = makeRamp(nebulaColors(studio, draw));
  const [ox, oy] = [draw.range(0, 60), draw.range(0, 60)];
  const angle = draw.range(0, Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const centre = { x: width * draw.range(0.3, 0.7), y: height * draw.range(0.3, 0.7) };
  const band = draw.range(0.2, 0.42);
  const zoom = draw.range(1.1, 1.8);
  const gas = makeField(width, height, 2);
  const dust = makeField(width, height, 2);
  fillField(gas, (x, y) => {
    const u = ((x - centre.x) / unit) * zoom;
    const v = ((y - centre.y) / unit) * zoom;
    const qx = fbm(noise, u + ox, v + oy, 4);
    const qy = fbm(noise, u + ox + 5.2, v + oy + 1.3, 4);
    const across = (-(u * sin) + v * cos + qx * 0.5) / zoom;
    const lane = Math.exp(-((across / band) ** 2));
    const body = 0.5 + fbm(noise, u * 1.3 + qx * 1.9 + ox, v * 1.3 + qy * 1.9 + oy, 6) * 1.15;
    const thread = ridged(noise, u * 1.6 + qy * 1.2 + oy, v * 1.6 + qx * 1.2, 5);
    return lane * (0.62 * body + 0.42 * thread) + 0.14 * body;
  });
  fillField(dust, (x, y) => {
    const u = ((x - centre.x) / unit) * zoom * 1.7;
    const v = ((y - centre.y) / unit) * zoom * 1.7;
    const bend = fbm(noise, u + oy, v + ox, 3);
    return ridged(noise, u + bend * 1.4 + 13, v - bend * 1.4, 5);
  });
  const core = scale(rampAt(ramp, 1), 0.55);
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 3) {
      const dark = smoothstep(0.52, 0.86, fieldAt(dust, x, y));
      const glow = Math.max(0, fieldAt(gas, x, y) * 1.05 - 0.12);
      const tone = rampAt(ramp, Math.min(1, glow * (1 - 0.62 * dark)));
      const d2 = ((x - centre.x) ** 2 + (y - centre.y) ** 2) / (unit * unit);
      const heart = Math.exp(-d2 * 14) * glow * (1 - dark * 0.7);
      for (const c of [0, 1, 2] as const) out[at + c] = tone[c] * (0.75 + glow * 0.7) + core[c] * heart;
    }
  }
}

/** A few near stars with the cross of a telescope. */
function makeBeacons({ width, height, unit }: Studio, draw: Random): PaintFrame {
  const list = Array.from({ length: 7 + draw.int(8) }, () => ({
    x: draw.range(0, width),
    y: draw.range(0, height),
    size: unit * (0.006 + 0.03 * draw.next() ** 3),
    color: fromOklch(0.9, 0.06, draw.chance(0.6) ? draw.range(220, 270) : draw.range(40, 90)),
    turn: draw.next(),
  }));
  return (canvas, phase) => {
    for (const { x, y, size, color, turn } of list) {
      const beat = 0.85 + 0.15 * Math.sin(2 * Math.PI * (phase + turn));
      eachPixel(canvas, boxAround(x, y, size * 2.2), (at, px, py) => {
        const dx = Math.abs(px - x) / size;
        const dy = Math.abs(py - y) / size;
        const d2 = dx * dx + dy * dy;
        const cross = Math.exp(-dx * 2.4 - dy * 26) + Math.exp(-dy * 2.4 - dx * 26);
        const amount = 1.6 * Math.exp(-d2 * 90) + 0.16 * Math.exp(-d2 * 6) + 0.5 * cross;
        if (amount > 0.004) addLight(canvas, at, color, amount * beat);
      });
    }
  };
}

function makePlanet(studio: Studio, draw: Random, large: boolean): PaintFrame {
  const { width, height, unit, noise, palette, reading } = studio;
  const radius = unit * (large ? draw.range(0.17, 0.27) : draw.range(0.07, 0.16));
  const x = width * (draw.chance(0.5) ? draw.range(0.24, 0.4) : draw.range(0.6, 0.76));
  const y = height * draw.range(0.34, 0.66);
  const words = reading.words;
  const rings = words.has('saturn') || (!words.has('moon') && draw.chance(0.45));
  const gas = rings || words.has('jupiter') || draw.chance(0.4);
  const tones = makeRamp(palette.accents.map((color) => mix(color, [0.6, 0.5, 0.42], 0.25)));
  const tilt = draw.range(-0.5, 0.5);
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  const sunAngle = draw.range(-0.9, 0.9) + (x < width / 2 ? 0 : Math.PI);
  const sun = [Math.cos(sunAngle) * 0.8, -0.35, 0.5] as const;
  const rim = mix(palette.light, rampAt(tones, 0.6), 0.5);
  const place = draw.range(0, 50);
  const disc = paintBall(studio, { x, y, radius }, (nx, ny, nz) => {
    const [u, v] = [nx * cos + ny * sin, ny * cos - nx * sin];
    const texture = gas
      ? 0.5 +
        0.5 * fbm(noise, v * 4.5 + 0.3 * fbm(noise, u * 2 + place, v * 5, 3), place, 3) +
        0.1 * fbm(noise, u * 3, v * 14 + place, 3)
      : 0.45 + 0.75 * fbm(noise, u * 1.6 + nz + place, v * 1.6 + nz * 0.7, 6);
    const day = smoothstep(-0.12, 0.75, nx * sun[0] + ny * sun[1] + nz * sun[2]);
    const haze = (1 - nz) ** 3 * day;
    const tone = rampAt(tones, texture);
    return [
      tone[0] * (0.012 + day) + rim[0] * haze * 0.55,
      tone[1] * (0.012 + day) + rim[1] * haze * 0.55,
      tone[2] * (0.012 + day) + rim[2] * haze * 0.55,
    ];
  });
  const ringTone = mix(rampAt(tones, 0.75), palette.light, 0.4);
  const paintRing = (canvas: Canvas, front: boolean) => {
    eachPixel(canvas, boxAround(x, y, radius * 2.4, radius * 1.7), (at, px, py) => {
      const [dx, dy] = [(px - x) / radius, (py - y) / radius];
      const [u, v] = [dx * cos + dy * sin, (dy * cos - dx * sin) / 0.27];
      if (v > 0 !== front) return;
      const r = Math.hypot(u, v);
      const edge = smoothstep(1.28, 1.32, r) * smoothstep(2.28, 2.22, r);
      if (edge <= 0) return;
      const grooves = 0.55 + 0.45 * noiseAt(noise, r * 14 + place, 2) + 0.2 * noiseAt(noise, r * 46, 9);
      const gap = 1 - 0.85 * smoothstep(0.035, 0.015, Math.abs(r - 1.92));
      const shadowed = !front && Math.abs(u + sun[0] * 0.5) < 0.85 ? 0.35 : 1;
      blend(canvas, at, scale(ringTone, shadowed), Math.max(0, Math.min(0.92, edge * grooves * gap)));
    });
  };
  return (canvas, phase) => {
    if (rings) paintRing(canvas, false);
    disc(canvas, phase);
    if (rings) paintRing(canvas, true);
  };
}

function paintBall(
  { moving }: Studio,
  { x, y, radius }: { x: number; y: number; radius: number },
  shadeAt: (nx: number, ny: number, nz: number) => Rgb,
): PaintFrame {
  const draw = (visit: (at: number, color: Rgb, cover: number) => void, canvas: Canvas) =>
    eachPixel(canvas, boxAround(x, y, radius), (at, px, py) => {
      const [nx, ny] = [(px - x) / radius, (py - y) / radius];
      const far = Math.hypot(nx, ny);
      const cover = Math.min(1, (1 - far) * radius + 0.5);
      if (cover > 0) visit(at, shadeAt(nx, ny, Math.sqrt(Math.max(0, 1 - far * far))), cover);
    });
  let kept: { at: number; color: Rgb; cover: number }[] | null = null;
  return (canvas) => {
    if (!moving) return draw((at, color, cover) => blend(canvas, at, color, cover), canvas);
    if (!kept) {
      const list: { at: number; color: Rgb; cover: number }[] = [];
      draw((at, color, cover) => list.push({ at, color, cover }), canvas);
      kept = list;
    }
    for (const { at, color, cover } of kept) blend(canvas, at, color, cover);
  };
}
