import { expect, test } from 'vitest';
import { glyphsOf } from './glyphs.ts';
import { setHeadline } from './lettering.ts';

const drawOn = (text: string, width: number, height: number, grey: number) => {
  const pixels = new Uint8ClampedArray(width * height * 4).fill(grey);
  const lettering = setHeadline(text, width, height);
  lettering.draw(pixels);
  return {
    missing: lettering.missing,
    light: Uint8ClampedArray.from({ length: width * height }, (_, i) => pixels[4 * i] ?? 0),
  };
};

test('there is a letter for what is on a keyboard and for the accents of Europe', () => {
  const keyboard = Array.from({ length: 94 }, (_, i) => String.fromCodePoint(33 + i)).join('');
  const accents = 'ÀàÁáÂâÃãÄäÅåÇçÈèÉéÊêËëÍíÎîÏïÑñÓóÔôÕõÖöØøÙùÚúÛûÜüÝýŠšŽžŁłŐőŰűĄąĘęŚśŻżŹźĞğİıẞ'.replace(
    'ẞ',
    'ß',
  );
  const { missing } = glyphsOf(keyboard.replace(/[\\^`{}~]/g, '') + accents + '“”‘’–—…æœ');
  expect(missing).toBe('');
});

test('characters without a letter are left out, the rest is drawn', () => {
  const { missing, light } = drawOn('Sea 海 air 🌊', 400, 300, 128);
  expect(missing).toBe('海🌊');
  expect(light.some((value) => value > 245)).toBe(true);
  expect(drawOn('海', 400, 300, 128).light.every((value) => value === 128)).toBe(true);
});

test('white letters stand out from a white picture', () => {
  const { light } = drawOn('Snow', 600, 400, 255);
  const letters = light.filter((value) => value > 245).length;
  expect(light.at(-1)).toBeLessThan(130);
  expect(letters).toBeGreaterThan(600);
});

test.each([
  [256, 1024],
  [1024, 256],
  [64, 64],
  [2048, 2048],
])('200 characters stay inside %i by %i', (width, height) => {
  const { light } = drawOn(`${'Incomprehensibilities '.repeat(5)}${'m'.repeat(90)}`, width, height, 0);
  const lit = (x: number, y: number) => (light[y * width + x] ?? 0) > 60;
  const rows = Array.from({ length: height }, (_, y) => y);
  const columns = Array.from({ length: width }, (_, x) => x);
  expect(rows.some((y) => columns.some((x) => lit(x, y)))).toBe(true);
  for (const y of rows) expect(lit(0, y) || lit(width - 1, y)).toBe(false);
  for (const x of columns) expect(lit(x, 0) || lit(x, height - 1)).toBe(false);
});
