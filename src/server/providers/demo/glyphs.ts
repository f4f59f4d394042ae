/**
 * An alphabet of single strokes, drawn for this painter: a fat round pen makes a plain geometric sans of it.
 * Units: capitals are 14 high, small letters 9.4, the baseline is 0, y points up.
 * A glyph is its width, then strokes: `L x y x y ...` is a line through points, `A cx cy rx ry from to` an arc in
 * degrees, counter-clockwise from the right.
 */
const DRAWINGS: Record<string, string> = {
  A: '12|L 0 0 6 14 12 0|L 2.1 4.8 9.9 4.8',
  B: '9.5|L 5.4 0 0 0 0 14 5 14|A 5 10.6 3.6 3.4 -90 90|L 0 7.2 5.4 7.2|A 5.4 3.6 4.1 3.6 -90 90',
  C: '12|A 7 7 7 7 45 315',
  D: '11|L 4.5 0 0 0 0 14 4.5 14|A 4.5 7 6.5 7 -90 90',
  E: '8|L 8 14 0 14 0 0 8 0|L 0 7.2 7 7.2',
  F: '8|L 8 14 0 14 0 0|L 0 7 6.8 7',
  G: '13.2|A 6.6 7 6.6 7 45 360|L 13.2 7 8 7',
  H: '11|L 0 0 0 14|L 11 0 11 14|L 0 7.2 11 7.2',
  I: '0|L 0 0 0 14',
  J: '6.5|L 6.5 14 6.5 3.4|A 3.25 3.4 3.25 3.4 190 360',
  K: '9.5|L 0 0 0 14|L 9 14 0 5.4|L 3.4 8.6 9.5 0',
  L: '7.5|L 0 14 0 0 7.5 0',
  M: '13|L 0 0 0 14 6.5 3.5 13 14 13 0',
  N: '11|L 0 0 0 14 11 0 11 14',
  O: '14|A 7 7 7 7 0 360',
  P: '9|L 0 0 0 14 5 14|A 5 10 4 4 -90 90|L 0 6 5 6',
  Q: '14|A 7 7 7 7 0 360|L 9 4 13.5 -0.8',
  R: '9.2|L 0 0 0 14 5 14|A 5 10 4 4 -90 90|L 0 6 5 6|L 4.6 6 9.2 0',
  S: '9|A 4.5 10.5 4.2 3.5 28 270|A 4.5 3.5 4.5 3.5 -152 90',
  T: '10.5|L 0 14 10.5 14|L 5.25 14 5.25 0',
  U: '10.5|L 0 14 0 5.25|A 5.25 5.25 5.25 5.25 180 360|L 10.5 5.25 10.5 14',
  V: '11.5|L 0 14 5.75 0 11.5 14',
  W: '17|L 0 14 4.2 0 8.5 12.5 12.8 0 17 14',
  X: '10.5|L 0 14 10.5 0|L 0 0 10.5 14',
  Y: '10.5|L 0 14 5.25 6.8 10.5 14|L 5.25 6.8 5.25 0',
  Z: '9.5|L 0 14 9.5 14 0 0 9.5 0',
  a: '9|A 4.5 4.7 4.5 4.7 0 360|L 9 9.4 9 0',
  b: '9|A 4.5 4.7 4.5 4.7 0 360|L 0 14.5 0 0',
  c: '8|A 4.7 4.7 4.7 4.7 48 312',
  d: '9|A 4.5 4.7 4.5 4.7 0 360|L 9 14.5 9 0',
  e: '9|A 4.5 4.7 4.5 4.7 0 318|L 0.2 4.7 9 4.7',
  f: '4.8|A 4.6 11.9 2.6 2.6 75 180|L 2 11.9 2 0|L 0 9.2 4.8 9.2',
  g: '9|A 4.5 4.7 4.5 4.7 0 360|L 9 9.4 9 0|A 4.6 0 4.4 4.2 -155 0',
  h: '8|L 0 14.5 0 0|A 4 5.2 4 4.2 0 180|L 8 5.2 8 0',
  i: '0|L 0 9.2 0 0|L 0 13 0 13.1',
  ı: '0|L 0 9.2 0 0',
  j: '2|L 2 9.2 2 -1.8|A 0 -1.8 2 2.4 -110 0|L 2 13 2 13.1',
  k: '7.5|L 0 14.5 0 0|L 7 9.2 0 3.4|L 2.8 5.7 7.5 0',
  l: '0|L 0 14.5 0 0',
  m: '13|L 0 9.2 0 0|A 3.25 5.9 3.25 3.5 0 180|L 6.5 5.9 6.5 0|A 9.75 5.9 3.25 3.5 0 180|L 13 5.9 13 0',
  n: '8|L 0 9.2 0 0|A 4 5.2 4 4.2 0 180|L 8 5.2 8 0',
  o: '9.4|A 4.7 4.7 4.7 4.7 0 360',
  p: '9|A 4.5 4.7 4.5 4.7 0 360|L 0 9.4 0 -4.4',
  q: '9|A 4.5 4.7 4.5 4.7 0 360|L 9 9.4 9 -4.4',
  r: '4.6|L 0 9.2 0 0|A 4.2 4.9 4.2 4.5 80 180',
  s: '6.6|A 3.3 7.05 3 2.35 25 270|A 3.3 2.35 3.3 2.35 -155 90',
  t: '5|L 2 12.6 2 2.8|A 4.6 2.8 2.6 2.8 180 278|L 0 9.2 5 9.2',
  u: '8|L 0 9.2 0 4.1|A 4 4.1 4 4.1 180 360|L 8 9.2 8 0',
  v: '8|L 0 9.2 4 0 8 9.2',
  w: '12.5|L 0 9.2 3.1 0 6.25 8.4 9.4 0 12.5 9.2',
  x: '7.6|L 0 9.2 7.6 0|L 0 0 7.6 9.2',
  y: '8.2|L 0 9.2 4.2 0|L 8.2 9.2 2.6 -4.2',
  z: '7|L 0 9.2 7 9.2 0 0 7 0',
  ß: '8.3|L 0 0 0 10.9|A 3.4 10.9 3.4 3.5 -75 180|A 4.4 3.7 3.9 3.7 -130 90|L 4 7.4 4.4 7.4',
  ø: '9.4|A 4.7 4.7 4.7 4.7 0 360|L 0.2 -0.6 9.2 10',
  Ø: '14|A 7 7 7 7 0 360|L 1 -0.6 13 14.6',
  ł: '1.6|L 0.8 14.5 0.8 0|L -1.2 5.6 2.8 8.6',
  Ł: '8|L 0.5 14 0.5 0 8 0|L -1.6 5.4 4.2 9.4',
  0: '9|A 4.5 7 4.5 7 0 360',
  1: '4|L 0 11.4 4 14 4 0',
  2: '8.6|A 4.3 9.8 4.2 4.2 -35 162|L 7.74 7.39 0 0 8.6 0',
  3: '8.4|A 4.1 10.6 3.7 3.4 -90 150|A 4.1 3.6 4.2 3.6 -152 90',
  4: '9.4|L 7 0 7 14 0 4 9.4 4',
  5: '8.4|L 7.8 14 1.2 14 0.63 7.3|A 4 4.4 4.4 4.4 -150 140',
  6: '9|A 4.5 4.5 4.5 4.5 0 360|L 0.8 7 5.8 14',
  7: '8.6|L 0 14 8.6 14 2.8 0',
  8: '9|A 4.5 10.6 3.7 3.4 0 360|A 4.5 3.6 4.5 3.6 0 360',
  9: '9|A 4.5 9.5 4.5 4.5 0 360|L 8.2 7 3.2 0',
  '.': '0|L 0 0 0 0.1',
  ',': '0.6|L 0.6 0.2 0 -2.6',
  ':': '0|L 0 0 0 0.1|L 0 7.6 0 7.7',
  ';': '0.6|L 0.6 0.2 0 -2.6|L 0.6 7.6 0.6 7.7',
  '!': '0|L 0 14 0 4.6|L 0 0 0 0.1',
  '?': '7.6|A 3.8 10.4 3.7 3.6 -60 165|L 5.65 7.28 3.8 5.6 3.8 4.4|L 3.8 0 3.8 0.1',
  '¡': '0|L 0 9.4 0 0|L 0 13 0 13.1',
  '¿': '7.6|L 3.8 14 3.8 13.9|L 3.8 9.6 3.8 8.4 1.95 6.7|A 3.8 3.6 3.7 3.6 120 345',
  "'": '0|L 0 14 0 10.8',
  '"': '2.8|L 0 14 0 10.8|L 2.8 14 2.8 10.8',
  '-': '4.6|L 0 5.2 4.6 5.2',
  '–': '8|L 0 5.2 8 5.2',
  '—': '13|L 0 5.2 13 5.2',
  _: '8|L 0 -2 8 -2',
  '(': '3|A 7 5.6 7 10 125 235',
  ')': '3|A -4 5.6 7 10 -55 55',
  '[': '3|L 3 15 0 15 0 -3 3 -3',
  ']': '3|L 0 15 3 15 3 -3 0 -3',
  '/': '6|L 0 -2 6 15',
  '|': '0|L 0 -3 0 15.5',
  '&': '10.6|A 4.5 11.1 2.7 2.9 0 360|A 4.3 3.7 4.3 3.7 108 322|L 3 7.2 6.6 9.2|L 2.2 9.4 10.6 0|L 7.7 1.4 10.4 6.2',
  '+': '8|L 4 3 4 11|L 0 7 8 7',
  '=': '8|L 0 8.8 8 8.8|L 0 5 8 5',
  '<': '7|L 7 11.5 0 7 7 2.5',
  '>': '7|L 0 11.5 7 7 0 2.5',
  '*': '6|L 3 14 3 8|L 0.4 12.5 5.6 9.5|L 5.6 12.5 0.4 9.5',
  '#': '10|L 3.6 14 1.8 0|L 8.6 14 6.8 0|L 0.4 9.6 10 9.6|L 0 4.6 9.6 4.6',
  '%': '13|A 2.8 10.8 2.8 3 0 360|A 10.2 3 2.8 3 0 360|L 11 14 2 0',
  '@': '14|A 7 5.6 7 7.2 0 312|A 7 5.6 3 3.3 0 360|L 10 8.8 10 4.6|A 12 4.6 2 2.2 180 360|L 14 4.6 14 5.6',
  $: '9|A 4.5 10.5 4.2 3.5 28 270|A 4.5 3.5 4.5 3.5 -152 90|L 4.5 16 4.5 -2',
  '€': '11|A 7 7 6.2 7 50 310|L -0.4 8.6 7 8.6|L -0.4 5.6 6.4 5.6',
  '£': '8.5|A 6 10.6 3.2 3.4 15 180|L 2.8 10.6 2.8 2.6 0.4 0 8.5 0|L 0.4 7 6.6 7',
  '°': '4|A 2 12 2 2 0 360',
  '·': '0|L 0 5.2 0 5.3',
  '…': '9|L 0 0 0 0.1|L 4.5 0 4.5 0.1|L 9 0 9 0.1',
  '«': '7|L 3 8 0 4.8 3 1.6|L 7 8 4 4.8 7 1.6',
  '»': '7|L 0 8 3 4.8 0 1.6|L 4 8 7 4.8 4 1.6',
};

/** Marks over and under a letter, about a middle at x = 0; those above are for small letters. */
const MARKS: Record<string, string> = {
  '\u0300': 'L -1.8 13.4 0.8 11.4',
  '\u0301': 'L 1.8 13.4 -0.8 11.4',
  '\u0302': 'L -2.4 11.4 0 13.4 2.4 11.4',
  '\u0303': 'A -1.4 11.6 1.4 1.2 0 170|A 1.4 12.4 1.4 1.2 180 350',
  '\u0304': 'L -2.4 12.2 2.4 12.2',
  '\u0306': 'A 0 13.4 2.3 2 190 350',
  '\u0307': 'L 0 12.6 0 12.7',
  '\u0308': 'L -2.2 12.5 -2.2 12.6|L 2.2 12.5 2.2 12.6',
  '\u030A': 'A 0 12.9 1.6 1.6 0 360',
  '\u030B': 'L -0.4 13.4 -2 11.4|L 2.8 13.4 1.2 11.4',
  '\u030C': 'L -2.4 13.4 0 11.4 2.4 13.4',
  '\u0327': 'L 0.2 0 0.2 -1.4|A -0.2 -2.8 1.6 1.5 -120 75',
  '\u0328': 'A 3 -1.8 2 2 110 300',
};

export type Stroke = readonly (readonly [x: number, y: number])[];
export type Glyph = { width: number; strokes: readonly Stroke[] };

/** Typographic forms, and letters that are two. */
const SAME: Record<string, string> = {
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '‐': '-',
  '‑': '-',
  '−': '–',
};
const PAIRS: Record<string, string> = { æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', '™': 'TM' };

/** One glyph per visible character, in order, and the characters that have none. A space is a glyph without strokes. */
export function glyphsOf(text: string): { glyphs: (Glyph | 'space')[]; missing: string } {
  const glyphs: (Glyph | 'space')[] = [];
  const missing = new Set<string>();
  const spelled = text.replace(/./gu, (character) => PAIRS[character] ?? SAME[character] ?? character);
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(spelled)) {
    if (/^\s+$/u.test(segment)) glyphs.push('space');
    else {
      const glyph = drawGlyph(segment);
      if (glyph) glyphs.push(glyph);
      else missing.add(segment);
    }
  }
  return { glyphs, missing: [...missing].join('') };
}

const drawn = new Map<string, Glyph | null>();

function drawGlyph(character: string): Glyph | null {
  const known = drawn.get(character);
  if (known !== undefined) return known;
  const glyph = parseGlyph(character);
  drawn.set(character, glyph);
  return glyph;
}

function parseGlyph(character: string): Glyph | null {
  const [letter = '', ...marks] = character.normalize('NFD');
  const undotted = letter === 'i' && marks.length > 0 && marks[0] !== '\u0328' ? 'ı' : letter;
  const drawing = DRAWINGS[undotted];
  if (drawing === undefined) return null;
  const [size = '0', ...parts] = drawing.split('|');
  const width = Number(size);
  const strokes = parts.map(parseStroke);
  const capital = letter !== letter.toLowerCase() || 'bdfhklt'.includes(letter);
  for (const mark of marks) {
    const shape = MARKS[mark];
    if (shape === undefined) return null;
    const lift = capital && !'\u0327\u0328'.includes(mark) ? 4.6 : 0;
    for (const part of shape.split('|')) {
      strokes.push(parseStroke(part).map(([x, y]) => [x + width / 2, y + lift] as const));
    }
  }
  return { width, strokes };
}

function parseStroke(part: string): Stroke {
  const [command, ...words] = part.split(' ');
  const numbers = words.map(Number);
  const at = (i: number) => numbers[i] ?? 0;
  if (command === 'L') {
    return Array.from({ length: numbers.length / 2 }, (_, i) => [at(2 * i), at(2 * i + 1)] as const);
  }
  const steps = Math.ceil(Math.abs(at(5) - at(4)) / 9);
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = ((at(4) + ((at(5) - at(4)) * i) / steps) * Math.PI) / 180;
    return [at(0) + at(2) * Math.cos(angle), at(1) + at(3) * Math.sin(angle)] as const;
  });
}
