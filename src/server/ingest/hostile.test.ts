import { expect, test } from 'vitest';
import { feedFiles } from './testing/feed.ts';
import { HOSTILE_FILES } from './testing/hostile.ts';

/** A twentieth of all, and those that once took too much: `npm run test:hostile` feeds every one. */
const ONCE_HARMFUL = new Set([
  'png/one column of 50 million',
  'png/16-bit RGBA interlaced, 7000 x 7000',
  'png/a text of 59 MB',
  'webp/lossless 16383 x 3050 in 44 bytes',
  'gif/300 frames of 7000 x 7000',
  'mp4/200 million frames of one size',
  'two things/png and pixels that are a page',
]);
const chosen = HOSTILE_FILES.filter(({ name }, place) => place % 20 === 0 || ONCE_HARMFUL.has(name));

test('hostile files are taken whole or refused clearly, in time and within memory', async () => {
  expect(HOSTILE_FILES.length).toBeGreaterThan(500);
  expect(new Set(HOSTILE_FILES.map(({ name }) => name)).size).toBe(HOSTILE_FILES.length);
  const { outcomes, peak } = await feedFiles(chosen);
  expect(outcomes.filter(({ fault }) => fault !== null)).toEqual([]);
  expect(outcomes.map(({ name }) => name).sort()).toEqual(chosen.map(({ name }) => name).sort());
  expect(new Set(outcomes.map(({ became }) => became))).toEqual(new Set(['taken', 'refused']));
  for (const bytes of peak ? [peak.own, peak.child] : []) expect(bytes).toBeLessThan(512_000_000);
}, 120_000);
