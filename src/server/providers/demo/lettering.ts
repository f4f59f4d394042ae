import { glyphsOf, type Glyph } from './glyphs.ts';
import { segment } from './shapes.ts';

/** In the alphabet's units, see `glyphs.ts`. */
const PEN = 1.12;
const GAP = 3.1;
const SPACE = 6.2;
const LINE = 23;

export type Lettering = {
  /** Draws the headline over finished RGBA pixels. */
  draw(pixels: Uint8ClampedArray): void;
  /** Characters for which there is no letter; they are left out. */
  missing: string;
};

/** Sets a headline large and white in the lower left, over a soft shade that keeps it legible on anything. */
export function setHeadline(text: string, width: number, height: number): Lettering {
  const { glyphs, missing } = glyphsOf(text.trim());
  const words = splitWords(glyphs);
  if (words.length === 0) return { draw: () => {}, missing };
  const margin = Math.min(width, height) * 0.065;
  const { lines, scale } = fitLines(words, width - 2 * margin, height - 2 * margin, Math.min(width, height));
  const top = height - margin - (lines.length * LINE - 7) * scale;
  const ink = new Float32Array(width * height);
  for (const [row, line] of lines.entries()) {
    const baseline = top + (row * LINE + 14) * scale;
    let x = margin + PEN * scale;
    for (const glyph of line) {
      if (glyph !== 'space') strokeGlyph(ink, width, height, glyph, x, baseline, scale);
      x += (glyph === 'space' ? SPACE : glyph.width + GAP) * scale;
    }
  }
  const shadeFrom = top - 22 * scale;
  const shadeFull = top + 4 * scale;
  return {
    missing,
    draw(pixels) {
      for (let y = Math.max(0, Math.floor(shadeFrom)); y < height; y += 1) {
        const t = Math.min(1, (y - shadeFrom) / (shadeFull - shadeFrom));
        const keep = 1 - 0.56 * t * t * (3 - 2 * t);
        for (let x = 0, i = y * width; x < width; x += 1, i += 1) {
          const cover = ink[i] ?? 0;
          for (let c = 4 * i; c < 4 * i + 3; c += 1) {
            const under = (pixels[c] ?? 0) * keep;
            pixels[c] = under + (250 - under) * cover;
          }
        }
      }
    },
  };
}

type Letter = Glyph | 'space';

function splitWords(glyphs: readonly Letter[]): Letter[][] {
  const words: Letter[][] = [[]];
  for (const glyph of glyphs) {
    if (glyph === 'space') words.push([]);
    else words.at(-1)?.push(glyph);
  }
  return words.filter((word) => word.length > 0);
}

const lengthOf = (letters: readonly Letter[]) =>
  letters.reduce((sum, letter) => sum + (letter === 'space' ? SPACE : letter.width + GAP), -GAP) + 2 * PEN;

/** The largest size at which the lines keep to the width and to the lower part of the picture. */
function fitLines(words: Letter[][], width: number, height: number, edge: number) {
  for (let scale = (edge * 0.1) / 14; ; scale *= 0.93) {
    const lines = breakLines(words, width / scale);
    const few = lines.length <= 3 || scale < (edge * 0.045) / 14;
    if ((few && lines.length * LINE * scale <= height * 0.62) || scale < 0.05) return { lines, scale };
  }
}

/** Greedy lines; a word longer than a line is broken where it must be. */
function breakLines(words: readonly Letter[][], limit: number): Letter[][] {
  const lines: Letter[][] = [];
  let line: Letter[] = [];
  const close = () => {
    if (line.length > 0) lines.push(line);
    line = [];
  };
  for (const word of words) {
    if (line.length > 0 && lengthOf([...line, 'space', ...word]) > limit) close();
    if (line.length > 0) line.push('space');
    for (const letter of word) {
      if (line.length > 0 && lengthOf([...line, letter]) > limit) close();
      line.push(letter);
    }
  }
  close();
  return lines;
}

function strokeGlyph(
  ink: Float32Array,
  width: number,
  height: number,
  glyph: Glyph,
  left: number,
  baseline: number,
  scale: number,
) {
  const pen = PEN * scale;
  for (const stroke of glyph.strokes) {
    for (let i = 1; i < stroke.length; i += 1) {
      const [x1, y1] = stroke[i - 1] ?? [0, 0];
      const [x2, y2] = stroke[i] ?? [0, 0];
      const from = [left + x1 * scale, baseline - y1 * scale] as const;
      const to = [left + x2 * scale, baseline - y2 * scale] as const;
      const right = Math.min(width - 1, Math.ceil(Math.max(from[0], to[0]) + pen + 1));
      const bottom = Math.min(height - 1, Math.ceil(Math.max(from[1], to[1]) + pen + 1));
      for (let y = Math.max(0, Math.floor(Math.min(from[1], to[1]) - pen - 1)); y <= bottom; y += 1) {
        for (let x = Math.max(0, Math.floor(Math.min(from[0], to[0]) - pen - 1)); x <= right; x += 1) {
          const cover = 0.5 - segment(x + 0.5, y + 0.5, from, to, pen);
          if (cover > (ink[y * width + x] ?? 0)) ink[y * width + x] = Math.min(1, cover);
        }
      }
    }
  }
}
