import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** A palette colour, or a colour as such, in a class or a style. */
const PALETTE =
  /\b(?:bg|text|border|ring|outline|fill|stroke|from|via|to|shadow|decoration|accent)-(?:white|black|(?:slate|gray|zinc|neutral|stone|red|orange|amber|yellow|lime|green|emerald|teal|cyan|sky|blue|indigo|violet|purple|fuchsia|pink|rose)-\d+)|#[0-9a-f]{6}\b|\b(?:rgb|hsl|oklch)a?\(/i;

test('components name tokens, whose contrast is kept in one place, and no colours', () => {
  const files = globSync('src/ui/**/*.{ts,tsx}').filter((file) => !file.includes('.test.'));
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => PALETTE.test(readFileSync(file, 'utf8')))).toEqual([]);
});
