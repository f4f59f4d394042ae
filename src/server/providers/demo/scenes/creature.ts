import { paintBackdrop } from '../backdrop.ts';
import { blend, boxAround, eachPixel } from '../canvas.ts';
import { fromHex, mix, shade, type Rgb } from '../color.ts';
import { fbm } from '../noise.ts';
import { tint } from '../palette.ts';
import { makePaper, paperAt } from '../paper.ts';
import { layPlate, laySwaying, makePlate, type Plate } from '../plate.ts';
import { circle, ellipse } from '../shapes.ts';
import type { PaintFrame, Studio } from '../studio.ts';
import { CAT, faceParts, FACES, type Face } from './creature-face.ts';

/** An animal looking out of the picture, built from a few round shapes, before a large pale sun. */
export function creature(studio: Studio): PaintFrame {
  const { height, unit, reading, moving } = studio;
  const known = FACES.find(([words]) => words.split(' ').some((word) => reading.words.has(word)));
  const kind = known?.[1] ?? CAT;
  const coat = tint(fromHex(kind.coat), reading.colors, 0.2);
  const { still, leaves } = paintBackdrop(studio, coat);
  const paintAnimal = makeAnimal(studio, kind, coat);
  const open = paintAnimal(false);
  const asleep = moving ? paintAnimal(true) : open;
  return (canvas, phase) => {
    canvas.data.set(still.data);
    leaves(canvas, phase);
    if (!moving) return layPlate(canvas, open);
    const sway = unit * 0.012 * Math.sin(2 * Math.PI * phase);
    const blinking = phase > 0.6 && phase < 0.645;
    laySwaying(canvas, blinking ? asleep : open, (y) => sway * (1 - y / height));
  };
}

/** The animal on a plate of its own, so that a clip draws it twice and not for every frame. */
function makeAnimal(studio: Studio, kind: Face, coat: Rgb) {
  const { width, height, random, noise, reading } = studio;
  const paper = makePaper(random, 0.045);
  const tall = kind.ears === 'long' || kind.marks === 'antlers' ? 0.8 : 1;
  const size = Math.min(width, height) * random.range(0.29, 0.34) * tall;
  const [cx, cy] = [width * random.range(0.47, 0.53), height * (0.66 - 0.1 * tall)];
  const tilt = random.range(-0.07, 0.07);
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  const color = (hex: string, place: number) => tint(fromHex(hex), reading.colors, place);
  const dark = shade(coat, 0.62);
  const patch = color(kind.patch, 0.9);
  const ink: Rgb = shade(dark, 0.4);
  const paints = {
    eye: fromHex(kind.eye),
    outerMane: color('#8a4a1c', 0.1),
    innerMane: color('#b5692a', 0.2),
    ear: shade(coat, 0.86),
    innerEar: mix(patch, [0.85, 0.45, 0.42], 0.3),
    antler: shade(patch, 0.72),
    muzzle: mix(patch, coat, 0.06),
    beak: color('#e8a33a', 0.8),
  };
  const parts = faceParts(kind);
  const owl = kind.look === 'owl';
  const button = kind.look === 'button';

  return (asleep: boolean): Plate => {
    const plate = makePlate(width, height);
    eachPixel(plate, { left: 0, top: 0, right: width, bottom: height }, (at, px, py) => {
      const x = ((px - cx) * cos + (py - cy) * sin) / size;
      const y = ((py - cy) * cos - (px - cx) * sin) / size;
      const mirrored = Math.abs(x);
      if (y < -2.2 || (y < 0.5 && mirrored > 1.6)) return;
      const side = x < 0 ? -1 : 1;
      const head = parts.head(mirrored, y);
      const lay = (distance: number, paint: Rgb, light: number, strength = 1) => {
        const cover = Math.min(1, 0.5 - distance * size) * strength;
        if (cover <= 0) return;
        const by = light * tooth;
        blend(plate, at, [paint[0] * by, paint[1] * by, paint[2] * by], cover);
      };
      const tooth =
        paperAt(paper, px | 0, py | 0) * (1 + fbm(noise, x * 9 + 3, y * 14 + mirrored * 6, 3) * 0.13);
      const skin = 1.06 - 0.3 * Math.max(0, y) - 0.16 * side * Math.min(1, mirrored);
      if (y > 0.2) {
        lay(parts.body(mirrored, y), dark, 0.95 - 0.25 * Math.max(0, Math.min(2, y - 1)));
        lay(parts.bib(mirrored, y), patch, 0.72);
      }
      if (kind.marks === 'mane') {
        const angle = Math.atan2(y, x);
        lay(circle(x, y, 1.34 + 0.1 * Math.sin(angle * 18)), paints.outerMane, 1);
        lay(circle(x, y, 1.16 + 0.07 * Math.sin(angle * 15 + 1)), paints.innerMane, 1);
      }
      if (kind.marks === 'antlers') lay(parts.antlers(mirrored, y), paints.antler, 1);
      if (y < 0.75) {
        const ear = parts.ear(mirrored, y);
        lay(ear, paints.ear, skin);
        if (!owl) lay(ear + (kind.ears === 'leaf' ? 0.08 : 0.13), paints.innerEar, 0.8);
      }
      if (head * size > 1) return;
      lay(head, coat, skin + 0.12 * Math.max(0, Math.min(1, -head / 0.5)));
      if (kind.marks === 'stripes') lay(Math.max(head, parts.stripes(mirrored, y)), ink, 1, 0.9);
      lay(Math.max(head, parts.mask(mirrored, y)), patch, skin);
      lay(parts.muzzle(mirrored, y), paints.muzzle, 1.04 - 0.18 * Math.max(0, y - 0.3));
      const socket = parts.eye(mirrored, y, asleep);
      if (asleep) lay(socket, ink, 1);
      else {
        lay(socket - (button ? 0.02 : 0.045), ink, 1);
        lay(socket, paints.eye, button ? 0.8 : 1.1 - 0.5 * Math.max(0, Math.min(1, (y + 0.16) / -0.3)));
        if (!button) {
          const pupil =
            kind.look === 'slit'
              ? ellipse(mirrored - 0.42, y + 0.06, 0.05, 0.155)
              : circle(mirrored - (owl ? 0.4 : 0.42), y + 0.06, owl ? 0.15 : 0.105);
          lay(Math.max(pupil, socket), ink, 0.6);
        }
        const spark = circle(x - 0.045 - side * (button ? 0.36 : 0.42), y + 0.115, 0.038);
        lay(Math.max(spark, socket), [1, 1, 1], 1, 0.95);
      }
      lay(parts.nose(mirrored, y), owl ? paints.beak : ink, 1);
      if (!owl) lay(parts.mouth(mirrored, y), ink, 1, 0.85);
    });
    if (kind.muzzle === 'short') {
      eachPixel(plate, boxAround(cx, cy + size * 0.4, size * 1.25, size * 0.5), (at, px, py) => {
        const x = Math.abs((px - cx) * cos + (py - cy) * sin) / size;
        const y = ((py - cy) * cos - (px - cx) * sin) / size;
        const cover = Math.min(1, 0.5 - parts.whiskers(x, y) * size) * 0.8;
        if (cover > 0) blend(plate, at, patch, cover);
      });
    }
    return plate;
  };
}
