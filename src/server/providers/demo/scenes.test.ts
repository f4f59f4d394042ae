import { expect, test } from 'vitest';
import { makeCanvas } from './canvas.ts';
import { makeNoise } from './noise.ts';
import { choosePalette } from './palette.ts';
import { createRandom } from './random.ts';
import { readPrompt } from './reading.ts';
import { SCENE_PAINTERS } from './scenes.ts';
import { SCENES, type SceneName } from './vocabulary.ts';
import { makeWeather } from './weather.ts';

const [width, height, frames] = [192, 108, 84];

function studioFor(prompt: string) {
  const random = createRandom(7);
  const reading = readPrompt(prompt, '', '');
  const palette = choosePalette(reading, random.fork('palette'));
  const noise = makeNoise(random.fork('noise'));
  return { width, height, unit: Math.sqrt(width * height), random, noise, palette, reading, moving: true };
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (const [i, value] of a.entries()) sum += Math.abs(value - (b[i] ?? 0));
  return sum / a.length;
}

/** The name of a scene is among its own words, so that it is a prompt for it. */
const PROMPTS: Record<SceneName, string> = {
  ocean: 'ocean',
  mountains: 'mountains',
  dunes: 'dunes',
  forest: 'forest',
  space: 'space',
  aurora: 'aurora',
  city: 'city',
  garden: 'garden',
  fire: 'fire',
  creature: 'cat',
  portrait: 'portrait',
  geometry: 'geometry',
  contours: 'contours',
  marble: 'marble',
};

test.each(SCENES)('%s moves, and its last frame leads to the first without a jump', (scene) => {
  const studio = studioFor(PROMPTS[scene]);
  expect(studio.reading.scene).toBe(scene);
  const paint = SCENE_PAINTERS[scene](studio);
  const frame = (index: number) => {
    const canvas = makeCanvas(width, height);
    paint(canvas, index / frames);
    expect(canvas.data.every(Number.isFinite)).toBe(true);
    return canvas.data;
  };
  const [first, second, before, last] = [frame(0), frame(1), frame(frames - 2), frame(frames - 1)];
  const step = Math.max(distance(first, second), distance(before, last));
  expect(step).toBeGreaterThan(0);
  expect(distance(last, first)).toBeLessThan(step * 2 + 1e-4);
});

test.each(['forest in the rain', 'mountains in falling snow'])('%s ends where it began', (prompt) => {
  const fall = makeWeather(studioFor(prompt));
  const frame = (index: number) => {
    const canvas = makeCanvas(width, height);
    fall?.(canvas, index / frames);
    return canvas.data;
  };
  expect(distance(frame(0), frame(10))).toBeGreaterThan(0);
  expect(distance(frame(frames), frame(0))).toBeLessThan(1e-4);
});

test('no weather falls indoors', () => {
  expect(makeWeather(studioFor('rain in space'))).toBeNull();
});
