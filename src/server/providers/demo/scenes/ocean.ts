import { paintShape } from '../canvas.ts';
import { mix, scale, shade } from '../color.ts';
import { noiseAt, smoothstep } from '../noise.ts';
import { makeSky, type Sky } from '../sky.ts';
import type { PaintFrame, Studio } from '../studio.ts';
import type { Canvas } from '../canvas.ts';

/** Open water under a wide sky, with the light's path on it. */
export function ocean(studio: Studio): PaintFrame {
  const { random, reading } = studio;
  const storm = reading.mood === 'storm';
  const sky = makeSky(studio, {
    horizon: random.range(0.42, 0.6),
    clouds: storm ? 0.95 : random.range(0.35, 0.75),
    sunHeight: reading.mood === 'day' ? random.range(0.55, 0.8) : random.range(0.08, 0.36),
  });
  const water = makeWater(studio, sky, storm ? 1.5 : 1);
  const wantsBoat = ['boat', 'ship', 'sail', 'sailboat', 'harbor', 'harbour'].some((word) =>
    reading.words.has(word),
  );
  const boat = wantsBoat || random.chance(0.35) ? makeBoat(studio, sky) : null;
  return (canvas, phase) => {
    sky.paint(canvas, phase);
    water(canvas, phase);
    boat?.(canvas, phase);
  };
}

/**
 * Water from the horizon down. Waves are noise in a perspective of their own: cells grow and flatten towards the
 * viewer, and each layer circles once per loop, which shimmers without a seam.
 */
export function makeWater(studio: Studio, sky: Sky, roughness: number): PaintFrame {
  const { width, height, unit, palette, noise, random, moving } = studio;
  const draw = random.fork('water');
  const offset = draw.range(0, 50);
  const top = Math.floor(sky.horizon);
  const depthOf = (y: number) => Math.max(0, (y - sky.horizon) / unit);
  const deep = shade(palette.water, 0.9);
  const sheen = scale(palette.light, palette.dark ? 1.5 : 2.1);
  return (canvas, phase) => {
    const turn = 2 * Math.PI * phase;
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const out = new Float32Array(3);
    const { data } = canvas;
    for (let y = top; y < height; y += 1) {
      const depth = depthOf(y + 0.5);
      const size = 0.3 * (depth + 0.012) ** 0.8;
      const v = 78 * (depth + 0.012) ** 0.2 + offset;
      const calm = smoothstep(0, 0.05, depth) * roughness;
      const mirror = Math.min(1, (depth * unit) / Math.max(1, sky.horizon));
      const fresnel = 0.94 - 0.62 * smoothstep(0, 0.5, depth);
      const spread = 0.022 + 0.2 * depth;
      const horizonBlend = smoothstep(0.012, 0, depth);
      for (let x = 0, at = y * width * 3; x < width; x += 1, at += 3) {
        const u = (x - width / 2) / unit / size;
        const swell = noiseAt(noise, u + 0.3 * cos, v + 0.3 * sin);
        const chop = noiseAt(noise, u * 2.3 - 0.5 * cos + 9, v * 2.1 + 0.5 * sin);
        const ripple = moving ? 0 : noiseAt(noise, u * 5.1 + 3, v * 4.3 - 0.4 * sin);
        const slope = (swell * 0.55 + chop * 0.35 + ripple * 0.25) * calm;
        const up = sky.horizon * (1 - Math.max(0, mirror * 0.9 + slope * 0.34 + 0.03));
        sky.sample(x + slope * unit * 0.12, up, out);
        const reflect = Math.max(0.1, Math.min(1, fresnel - slope * 0.45));
        const dx = (x - sky.light.x) / unit + slope * 0.09;
        const path = Math.exp((-dx * dx) / (spread * spread));
        const glint =
          path * smoothstep(0.02, 0.34, slope + 0.1 * (1 - calm)) * (0.3 + 0.7 * calm) + path * 0.1;
        for (let c = 0; c < 3; c += 1) {
          const mirrored = (out[c] ?? 0) * 0.92;
          const body = (deep[c] ?? 0) * (1 + slope * 0.8);
          const tone = body + (mirrored - body) * reflect + (sheen[c] ?? 0) * glint;
          data[at + c] = tone + ((data[at + c] ?? 0) - tone) * horizonBlend * 0.5;
        }
      }
    }
  };
}

/** A small sail, for scale. */
function makeBoat({ width, unit, random, palette }: Studio, sky: Sky): PaintFrame {
  const draw = random.fork('boat');
  const size = unit * draw.range(0.02, 0.045);
  const x = width * (sky.light.x > width / 2 ? draw.range(0.15, 0.45) : draw.range(0.55, 0.85));
  const y = sky.horizon + size * 0.5;
  const hull = shade(palette.land, 0.8);
  const sail = mix(palette.land, palette.light, palette.dark ? 0.25 : 0.55);
  return (canvas: Canvas, phase) => {
    const tilt = 0.05 * Math.sin(2 * Math.PI * phase);
    const box = { left: x - size * 2, right: x + size * 2, top: y - size * 3, bottom: y + size };
    const local = (px: number, py: number) =>
      [(px - x) / size - tilt * ((y - py) / size), (py - y) / size] as const;
    paintShape(
      canvas,
      box,
      (px, py) => {
        const [lx, ly] = local(px, py);
        return Math.max(Math.abs(lx) - (1 - ly * 0.8), ly - 0.25, -ly - 0.1) * size;
      },
      hull,
    );
    paintShape(
      canvas,
      box,
      (px, py) => {
        const [lx, ly] = local(px, py);
        const rise = (ly + 2.5) / 2.3;
        return Math.max(-lx + 0.06, lx - 0.06 - rise * (0.95 - 0.25 * rise), ly + 0.25) * size;
      },
      sail,
    );
    paintShape(
      canvas,
      box,
      (px, py) => {
        const [lx, ly] = local(px, py);
        const rise = (ly + 2.1) / 1.85;
        return Math.max(lx + 0.02, -lx - 0.02 - rise * 0.6, ly + 0.25) * size;
      },
      shade(sail, 0.8),
    );
  };
}
