import { addLight, boxAround, eachPixel, paintDisc, type Canvas } from './canvas.ts';
import { makeRamp, mix, rampAt, scale, type Rgb } from './color.ts';
import { fieldAt, fieldRow, fillField, makeField } from './field.ts';
import { driftingFbm, fbm, smoothstep } from './noise.ts';
import type { Studio } from './studio.ts';

export type Sky = {
  /** Row where the sky ends, in pixels. */
  horizon: number;
  /** Where the sun or moon stands. */
  light: { x: number; y: number };
  paint(canvas: Canvas, phase: number): void;
  /** Colour without clouds, written to `out`: what water mirrors. */
  sample(x: number, y: number, out: Float32Array): void;
};

export type SkyPlan = {
  /** Share of the height. */
  horizon: number;
  /** 0 for none to 1 for overcast. */
  clouds: number;
  /** Height of the sun over the horizon, as a share of the sky; negative hides the disc. */
  sunHeight?: number;
  stars?: boolean;
};

const GLOW_SIZE = 1024;
const GLOW_REACH = 1.6;

export function makeSky(studio: Studio, plan: SkyPlan): Sky {
  const { width, height, unit, palette, random, reading } = studio;
  const horizon = height * plan.horizon;
  const draw = random.fork('sky');
  const side = draw.chance(0.5) ? draw.range(0.2, 0.42) : draw.range(0.58, 0.8);
  const sunHeight = plan.sunHeight ?? draw.range(0.14, 0.5);
  const light = { x: width * side, y: horizon - horizon * sunHeight };
  const ramp = makeRamp(palette.sky);
  const moon = palette.dark && reading.mood === 'night';
  const glow = Float32Array.from({ length: GLOW_SIZE }, (_, i) => {
    const d = (i / GLOW_SIZE) * GLOW_REACH;
    return moon
      ? 0.25 * Math.exp(-d / 0.07) + 0.1 * Math.exp(-d / 0.3)
      : 0.7 * Math.exp(-d / 0.07) + 0.42 * Math.exp(-d / 0.25) + 0.12 * Math.exp(-d / 0.7);
  });
  const bright = mix(palette.light, [1, 1, 1], 0.25);
  const perUnit = GLOW_SIZE / GLOW_REACH / unit;
  const { table, last } = ramp;

  const sample = (x: number, y: number, out: Float32Array) => {
    const place = Math.max(0, Math.min(1, y / horizon));
    const i = 3 * ((place * last) | 0);
    const dx = x - light.x;
    const dy = (y - light.y) * 1.25;
    const g = glow[Math.min(GLOW_SIZE - 1, (Math.sqrt(dx * dx + dy * dy) * perUnit) | 0)] ?? 0;
    out[0] = (table[i] ?? 0) + palette.light[0] * g;
    out[1] = (table[i + 1] ?? 0) + palette.light[1] * g;
    out[2] = (table[i + 2] ?? 0) + palette.light[2] * g;
  };

  const stars = (plan.stars ?? moon) ? makeStars(studio, horizon) : null;
  const clouds = plan.clouds > 0 ? makeClouds(studio, plan.clouds, horizon, light, ramp) : null;
  const radius = unit * (moon ? draw.range(0.035, 0.05) : draw.range(0.028, 0.055));
  return {
    horizon,
    light,
    sample,
    paint(canvas, phase) {
      const out = new Float32Array(3);
      const rows = Math.min(height, Math.ceil(horizon) + 1);
      for (let y = 0, at = 0; y < rows; y += 1) {
        for (let x = 0; x < width; x += 1, at += 3) {
          sample(x, y, out);
          canvas.data[at] = out[0] ?? 0;
          canvas.data[at + 1] = out[1] ?? 0;
          canvas.data[at + 2] = out[2] ?? 0;
        }
      }
      stars?.(canvas, phase);
      if (sunHeight > 0) {
        if (moon) paintMoon(canvas, studio, light, radius);
        else
          paintDisc(
            canvas,
            light.x,
            light.y,
            radius,
            scale(bright, 2.2),
            reading.mood === 'storm' ? 0.22 : 1,
          );
      }
      clouds?.(canvas, phase);
    },
  };

  function paintMoon(target: Canvas, { noise: grey }: Studio, at: { x: number; y: number }, size: number) {
    eachPixel(target, boxAround(at.x, at.y, size), (i, x, y) => {
      const dx = (x - at.x) / size;
      const dy = (y - at.y) / size;
      const away = Math.sqrt(dx * dx + dy * dy);
      const cover = Math.min(1, (1 - away) * size + 0.5);
      if (cover <= 0) return;
      const maria = smoothstep(-0.05, 0.35, fbm(grey, dx * 1.7 + 8, dy * 1.7, 4));
      const tone = (1.15 - 0.4 * maria) * (0.75 + 0.25 * Math.sqrt(Math.max(0, 1 - away * away)));
      addLight(target, i, palette.light, tone * cover);
    });
  }
}

/** Stars by magnitude: many faint, few bright, each with its own slow twinkle. */
export function makeStars({ width, random, unit }: Studio, bottom: number, density = 1) {
  const draw = random.fork('stars');
  const count = Math.round(((width * bottom) / (unit * unit)) * 900 * density);
  const list = Array.from({ length: count }, () => ({
    x: draw.range(0, width),
    y: bottom * draw.next(),
    power: 0.05 + 0.9 * draw.next() ** 7,
    warm: draw.next(),
    beat: 1 + draw.int(3),
    turn: draw.next(),
  }));
  return (canvas: Canvas, phase: number) => {
    for (const star of list) {
      const fade = 1 - (star.y / bottom) ** 3 * 0.85;
      const twinkle = 0.75 + 0.25 * Math.sin(2 * Math.PI * (star.beat * phase + star.turn));
      const color: Rgb = [0.8 + 0.4 * star.warm, 0.9, 1.2 - 0.4 * star.warm];
      const size = (0.55 + 1.5 * star.power) * Math.max(0.7, unit / 900);
      const falloff = 1 / (size * size);
      const strength = (0.25 + 2.4 * star.power) * fade * twinkle;
      eachPixel(canvas, boxAround(star.x, star.y, size * 2.6), (at, x, y) => {
        const d2 = ((x - star.x) ** 2 + (y - star.y) ** 2) * falloff;
        addLight(canvas, at, color, strength * Math.exp(-d2 * 1.4));
      });
    }
  };
}

/** Clouds on a plane seen from below: they crowd towards the horizon and are lit from the side of the sun. */
function makeClouds(
  { width, height, unit, noise, random, palette, moving, reading }: Studio,
  amount: number,
  horizon: number,
  light: { x: number; y: number },
  ramp: ReturnType<typeof makeRamp>,
) {
  const draw = random.fork('clouds');
  const step = moving ? 4 : 2;
  const density = makeField(width, Math.min(height, horizon), step);
  const lit = makeField(width, Math.min(height, horizon), step);
  const offX = draw.range(0, 40);
  const offY = draw.range(0, 40);
  const stretch = draw.range(0.45, 0.8);
  const octaves = moving ? 5 : 6;
  const threshold = 0.34 - amount * 0.5;
  const shadow = mix(rampAt(ramp, 0.35), palette.land, reading.mood === 'storm' ? 0.45 : 0.2);
  const bright = mix(palette.light, rampAt(ramp, 0.9), 0.35);
  const gain = palette.dark ? 0.75 : 1;
  return (canvas: Canvas, phase: number) => {
    const cloud = (x: number, y: number) => {
      const e = Math.max(0, (horizon - y) / unit) + 0.16;
      const u = ((x - width / 2) / unit / e) * stretch + offX;
      return driftingFbm(noise, u, 0.75 / e + offY, octaves, 0.5, phase);
    };
    fillField(density, cloud);
    const towards = step * 3;
    fillField(lit, (x, y) => {
      const dx = light.x - x;
      const dy = light.y - y;
      const far = Math.hypot(dx, dy) + 1;
      const px = Math.max(0, Math.min(width, x + (dx / far) * towards));
      const py = Math.max(0, Math.min(horizon, y + (dy / far) * towards));
      return fieldAt(density, x, y) - fieldAt(density, px, py);
    });
    const rows = Math.min(height, Math.floor(horizon));
    const line = new Float32Array(width);
    for (let y = 0; y < rows; y += 1) {
      fieldRow(density, y, line);
      const low = smoothstep(0, 0.1, (horizon - y) / unit);
      for (let x = 0; x < width; x += 1) {
        const thick = line[x] ?? 0;
        if (thick <= threshold) continue;
        const cover = smoothstep(threshold, threshold + 0.42, thick) * 0.92 * (0.35 + 0.65 * low);
        if (cover < 0.004) continue;
        const dx = (x - light.x) / unit;
        const dy = (y - light.y) / unit;
        const near = 1 / (1 + (dx * dx + dy * dy) * 2.2) ** 2;
        const edge = Math.max(0, Math.min(1, 0.42 + fieldAt(lit, x, y) * 5.5 - (cover - 0.5) * 0.35));
        const shine = edge * (0.62 + 0.75 * near) * gain;
        const at = (y * width + x) * 3;
        for (let c = 0; c < 3; c += 1) {
          const base = canvas.data[at + c] ?? 0;
          const dim = (shadow[c] ?? 0) * 0.55 + base * 0.45;
          const tone = dim + ((bright[c] ?? 0) * 1.05 - dim) * shine;
          canvas.data[at + c] = base + (tone - base) * cover;
        }
      }
    }
  };
}
