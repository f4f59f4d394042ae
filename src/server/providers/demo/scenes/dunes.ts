import { paintBelow } from '../canvas.ts';
import { makeRamp, mix, rampAt, shade, type Rgb } from '../color.ts';
import { noiseAt, smoothstep } from '../noise.ts';
import { layPlate, makePlate, type Plate } from '../plate.ts';
import type { Random } from '../random.ts';
import { makeSky, type Sky } from '../sky.ts';
import type { PaintFrame, Studio } from '../studio.ts';

/** A sea of sand under low light, dune behind dune. */
export function dunes(studio: Studio): PaintFrame {
  const { random, reading, noise, width, height, unit, palette } = studio;
  const draw = random.fork('dunes');
  const sky = makeSky(studio, {
    horizon: draw.range(0.38, 0.52),
    clouds: reading.mood === 'storm' ? 0.8 : draw.range(0, 0.35),
    sunHeight: reading.mood === 'day' ? draw.range(0.6, 0.8) : draw.range(0.16, 0.45),
  });
  const rows = raiseDunes(studio, sky);
  const dust = mix(palette.light, rampAt(makeRamp(palette.sky), 0.8), 0.3);
  return (canvas, phase) => {
    sky.paint(canvas, phase);
    for (const row of rows) layPlate(canvas, row);
    // Sand that the wind carries: thin bands that run with the loop.
    const { data } = canvas;
    const turn = 2 * Math.PI * phase;
    for (let y = Math.floor(sky.horizon); y < height; y += 1) {
      const depth = (y - sky.horizon) / unit;
      const band = Math.exp(-depth * 5) * (palette.dark ? 0.1 : 0.22);
      for (let x = 0, at = y * width * 3; x < width; x += 1, at += 3) {
        const drift = noiseAt(
          noise,
          (x / unit) * 3 + 0.5 * Math.cos(turn),
          depth * 30 + 0.5 * Math.sin(turn),
        );
        const cover = band * (0.5 + 0.8 * drift);
        if (cover < 0.004) continue;
        for (const c of [0, 1, 2] as const) {
          data[at + c] = (data[at + c] ?? 0) * (1 - cover) + dust[c] * cover;
        }
      }
    }
  };
}

function sandOf({ palette, reading }: Studio): { lit: Rgb; shadow: Rgb } {
  const named = reading.colors.length > 0;
  const warm = mix(palette.light, [0.78, 0.36, 0.13], named ? 0.2 : palette.dark ? 0.35 : 0.55);
  return {
    lit: palette.dark ? shade(warm, 0.62) : warm,
    shadow: mix(shade(palette.land, 1.1), warm, palette.dark ? 0.12 : 0.2),
  };
}

/** One dune: a summit with a crest that winds down from it and parts the light side from the lee. */
type Dune = {
  x: number;
  tall: number;
  wide: number;
  windward: number;
  wind: number;
  bend: number;
  turn: number;
};

function raiseDunes(studio: Studio, sky: Sky): Plate[] {
  const { width, height, unit, noise, palette, random } = studio;
  const draw = random.fork('sand');
  const { lit, shadow } = sandOf(studio);
  const air = mix(rampAt(makeRamp(palette.sky), 0.92), palette.light, 0.3);
  const sun = sky.light.x < width / 2 ? -1 : 1;
  const count = 5 + draw.int(2);
  const hidden = new Float32Array(width).fill(height);
  const rows = Array.from({ length: count }, (_, i) => {
    const near = i / (count - 1);
    const level = sky.horizon + (height - sky.horizon) * (0.72 * near ** 1.25);
    const list = i === 0 ? [] : scatterDunes(studio, draw, near, sun);
    // How high each dune stands in each column; the skyline is the highest of them.
    const lifts = list.map((dune) =>
      Float32Array.from({ length: width + 1 }, (__, x) => {
        const flank = Math.sign(x - dune.x) === sun ? 1 - dune.windward : dune.windward;
        const t = (x - dune.x) / (dune.wide * flank * 2);
        // A summit rounded by a hair, flanks that run out flat.
        return dune.tall * Math.max(0, 1 - Math.sqrt(t * t + 0.0004)) ** 1.55;
      }),
    );
    const top = Float32Array.from({ length: width + 1 }, (__, x) => {
      if (i === 0) return sky.horizon;
      const lift = lifts.reduce((highest, own) => Math.max(highest, own[x] ?? 0), 0);
      return level - lift - noiseAt(noise, (x / unit) * 1.3 + i * 7, 3) * unit * 0.012;
    });
    return { near, list, lifts, top };
  });
  const sideOf = (dune: Dune, top: Float32Array, x: number, y: number) => {
    const d = Math.max(0, y - (top[Math.round(dune.x)] ?? y) + 1) / unit;
    const spine =
      dune.x + unit * (dune.wind * d + dune.bend * Math.sin(d * 9 + dune.turn) * Math.min(1, d * 4));
    const soft = unit * (0.003 + d * 0.2);
    return smoothstep(-soft, soft * 0.6, (x - spine) * sun);
  };
  const plates = rows.toReversed().map(({ near, list, lifts, top }) => {
    const plate = makePlate(width, height);
    const far = (1 - near) ** 1.3 * 0.82;
    paintBelow(
      plate,
      top,
      (x, y, below) => {
        // Each dune counts by how high it stands here, and flat ground a little: no foot and no valley is a line.
        const spread = 1 / (unit * 0.012 + below * 0.3);
        let weights = 0.25;
        let side = 0.8 * weights;
        for (const [k, dune] of list.entries()) {
          const lift = lifts[k]?.[x] ?? 0;
          if (lift === 0) continue;
          const weight = Math.exp(lift * spread) - 1;
          weights += weight;
          side += weight * sideOf(dune, top, x, y);
        }
        side /= weights;
        const ripple =
          noiseAt(noise, (x / unit) * 7 + y * 0.01, (y / unit) * 60 + (x / unit) * 14) * 0.06 * near;
        const fade = Math.exp((-below / unit) * 2.2);
        const light = side * (0.62 + 0.38 * fade) + (1 - side) * 0.28 * (1 - fade) + ripple;
        const shine = 1 + 0.32 * Math.exp(-(((x - sky.light.x) / unit) ** 2) * 6) * side * fade;
        const grain = 1 + 0.045 * noiseAt(noise, x * 0.9, y * 0.9) * near;
        return blendSand(shadow, lit, air, light * shine, far + (1 - far) * 0.12 * (1 - fade), grain);
      },
      hidden,
    );
    for (const [x, edge] of hidden.entries()) hidden[x] = Math.min(edge, (top[x] ?? edge) + 4);
    return plate;
  });
  return plates.toReversed();
}

function blendSand(shadow: Rgb, lit: Rgb, air: Rgb, light: number, far: number, grain: number): Rgb {
  const at = (c: 0 | 1 | 2) => {
    const sand = (shadow[c] + (lit[c] - shadow[c]) * light) * grain;
    return Math.max(0, sand + (air[c] - sand) * far);
  };
  return [at(0), at(1), at(2)];
}

function scatterDunes({ width, unit }: Studio, draw: Random, near: number, sun: number): Dune[] {
  const wide = unit * (0.34 + 0.75 * near);
  const list: Dune[] = [];
  for (let x = -wide * draw.range(0, 0.6); x < width + wide * 0.5; x += wide * draw.range(0.55, 1.15)) {
    const size = draw.range(0.5, 1.2);
    list.push({
      x,
      tall: unit * (0.07 + 0.17 * near) * size,
      wide: wide * size * draw.range(0.8, 1.1),
      windward: draw.range(0.5, 0.68),
      wind: -sun * draw.range(0.25, 1.1),
      bend: draw.range(0.012, 0.04) * (0.4 + near),
      turn: draw.range(0, 6.28),
    });
  }
  return list;
}
