import { blend, boxAround, eachPixel, type Canvas } from '../canvas.ts';
import { mix, scale, shade, type Rgb } from '../color.ts';
import { noiseAt, smoothstep } from '../noise.ts';
import type { Random } from '../random.ts';
import type { Studio } from '../studio.ts';

export type FlowerKind = 'daisy' | 'cosmos' | 'rose' | 'dahlia' | 'sunflower';

export type Flower = {
  x: number;
  y: number;
  radius: number;
  kind: FlowerKind;
  tip: Rgb;
  base: Rgb;
  heart: Rgb;
  /** Height to width as seen: 1 from the front. */
  squash: number;
  turn: number;
  /** Width of its edges in pixels: more is further from the focus. */
  soft: number;
};

/** Whorls from the outside in: petals in each, how round they are, how much a whorl shrinks, size of the heart. */
const KINDS: Record<
  FlowerKind,
  { petals: number; whorls: number; round: number; shrink: number; heart: number }
> = {
  daisy: { petals: 19, whorls: 2, round: 0.32, shrink: 0.12, heart: 0.27 },
  cosmos: { petals: 8, whorls: 1, round: 0.3, shrink: 0, heart: 0.15 },
  rose: { petals: 5, whorls: 8, round: 0.22, shrink: 0.12, heart: 0.03 },
  dahlia: { petals: 15, whorls: 6, round: 0.5, shrink: 0.145, heart: 0.06 },
  sunflower: { petals: 24, whorls: 2, round: 0.6, shrink: 0.1, heart: 0.42 },
};

/** Petals as polar curves: each whorl is a ring of arches, laid over the one outside it. */
export function paintFlower(canvas: Canvas, { noise }: Studio, flower: Flower) {
  const { x, y, radius, squash, turn, soft } = flower;
  const plan = KINDS[flower.kind];
  const [cos, sin] = [Math.cos(turn * 0.3), Math.sin(turn * 0.3)];
  const deep = shade(flower.base, 0.62);
  paintShade(canvas, flower);
  const edgePerPixel = 1 / Math.max(1, soft);
  eachPixel(canvas, boxAround(x, y, radius * 1.25 + soft), (at, px, py) => {
    const [dx, dy] = [(px - x) / radius, (py - y) / radius];
    const u = dx * cos + dy * sin;
    const v = (dy * cos - dx * sin) / squash;
    const r = Math.sqrt(u * u + v * v);
    if (r > 1.25 + soft / radius) return;
    const angle = Math.atan2(v, u);
    for (let whorl = 0; whorl < plan.whorls; whorl += 1) {
      const size = 1 - whorl * plan.shrink;
      if (r > size * 1.25 + soft / radius) continue;
      const place =
        (angle / (2 * Math.PI)) * plan.petals + whorl * 0.5 + turn + whorl * 0.13 * plan.round * 4;
      // Neighbours overlap: the even petals first, the odd ones over them.
      for (let pass = 0; pass < 2; pass += 1) {
        const index = 2 * Math.round((place - pass) / 2) + pass;
        const t = (place - index) * 0.78;
        if (Math.abs(t) >= 0.5) continue;
        const rough = noiseAt(
          noise,
          (((index % plan.petals) + plan.petals) % plan.petals) * 3.7 + turn * 9,
          whorl * 5.3,
        );
        const reach =
          size *
          (0.94 + 0.16 * rough) *
          Math.cos(Math.PI * t) ** plan.round *
          (1 - 0.05 * Math.cos(t * 25) ** 2);
        const cover = Math.min(1, (reach - r) * radius * edgePerPixel + 0.5);
        if (cover <= 0) continue;
        blend(
          canvas,
          at,
          petalTone(flower, deep, noise, { t, r, along: r / reach, whorl, whorls: plan.whorls, index }),
          cover,
        );
      }
    }
    const inner = Math.min(1, (plan.heart - r) * radius * edgePerPixel + 0.5);
    if (inner > 0) {
      const seed = Math.sin(r * 95 + angle * 8) * Math.sin(r * 95 - angle * 13);
      const dome = 1.1 - 0.75 * (r / plan.heart) ** 2 - 0.22 * v;
      blend(canvas, at, scale(flower.heart, Math.max(0.15, dome * (1 + 0.3 * seed))), inner);
    }
  });
}

/** What the flower keeps from the light, on whatever is already painted behind it. */
function paintShade(canvas: Canvas, { x, y, radius }: Flower) {
  const [cx, cy, reach] = [x, y + radius * 0.16, radius * 1.3];
  const { cover, data } = canvas;
  eachPixel(canvas, boxAround(cx, cy, reach), (at, px, py) => {
    const near = 1 - ((px - cx) ** 2 + (py - cy) ** 2) / (reach * reach);
    if (near <= 0 || (cover && (cover[at / 3] ?? 0) < 0.01)) return;
    const keep = 1 - 0.6 * near;
    for (const c of [0, 1, 2]) data[at + c] = (data[at + c] ?? 0) * keep;
  });
}

function petalTone(
  { tip, base, kind }: Flower,
  deep: Rgb,
  noise: Studio['noise'],
  spot: { t: number; r: number; along: number; whorl: number; whorls: number; index: number },
): Rgb {
  const { t, along, whorl, whorls, index } = spot;
  const out = smoothstep(0.1, 0.95, along);
  const vein = 1 + 0.09 * noiseAt(noise, t * 16 + index * 7, along * 1.5 + whorl * 3);
  const fold = 1 - 0.3 * Math.abs(t * 2) ** 1.7 + 0.12 * t;
  const tucked =
    kind === 'rose' || kind === 'dahlia' ? 0.5 + 0.5 * smoothstep(0.35, 0.98, along) : 0.8 + 0.2 * out;
  const depth = 1 - (0.16 * whorl) / whorls;
  const light = vein * fold * tucked * depth * 1.12;
  const at = (c: 0 | 1 | 2) =>
    (deep[c] + (base[c] - deep[c]) * Math.min(1, along * 2.2)) * (1 - out) + tip[c] * out;
  return [at(0) * light, at(1) * light, at(2) * light];
}

/** A stem or a blade: a bent taper from the foot to the tip. */
export function paintBlade(
  canvas: Canvas,
  from: { x: number; y: number },
  to: { x: number; y: number },
  shape: { bend: number; wide: number; soft: number; leaf: boolean },
  color: Rgb,
) {
  const tall = from.y - to.y;
  for (let row = Math.max(0, Math.floor(to.y)); row < Math.min(canvas.height, from.y); row += 1) {
    const t = (from.y - row - 0.5) / tall;
    const middle = from.x + (to.x - from.x) * t + shape.bend * 4 * t * (1 - t);
    const half =
      (shape.wide / 2) *
      (shape.leaf ? Math.sin(Math.PI * Math.min(1, t * 0.85 + 0.15)) ** 0.8 : 1 - 0.35 * t);
    const reach = half + shape.soft;
    for (
      let px = Math.max(0, Math.floor(middle - reach));
      px <= Math.min(canvas.width - 1, middle + reach);
      px += 1
    ) {
      const off = px + 0.5 - middle;
      const cover = Math.min(1, (half - Math.abs(off)) / Math.max(1, shape.soft) + 0.5);
      if (cover <= 0) continue;
      const light = 0.72 + 0.4 * t + 0.22 * (off / Math.max(1, half));
      blend(canvas, (row * canvas.width + px) * 3, scale(color, light), cover);
    }
  }
}

export const kindOf = (words: ReadonlySet<string>, draw: Random): FlowerKind => {
  if (words.has('sunflower')) return 'sunflower';
  if (words.has('daisy')) return 'daisy';
  if (words.has('rose') || words.has('peony')) return 'rose';
  if (words.has('dahlia') || words.has('lotus')) return 'dahlia';
  if (words.has('poppy') || words.has('cosmos') || words.has('blossom')) return 'cosmos';
  return draw.pick(['daisy', 'cosmos', 'rose', 'dahlia', 'cosmos']);
};

/** Petals towards white at the edge or the base, as flowers have it. */
export const petalColors = (color: Rgb, draw: Random): { tip: Rgb; base: Rgb } => {
  const pale = mix(color, [1, 0.97, 0.92], draw.range(0.12, 0.45));
  return draw.chance(0.5)
    ? { tip: pale, base: color }
    : { tip: color, base: shade(color, draw.range(0.75, 1.1)) };
};
