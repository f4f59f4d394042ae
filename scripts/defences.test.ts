import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { DEFENCES, JOURNEYS } from './defences.ts';

const read = (file: string) => readFileSync(path.join(import.meta.dirname, '..', file), 'utf8');

test.each(DEFENCES)('$threat: the defence is where the list says', ({ file, from }) => {
  expect(read(file)).toContain(from);
});

test.each([...DEFENCES, ...JOURNEYS])('$threat: there is the test that shows it', ({ shownBy }) => {
  expect(read(shownBy.file)).toContain(shownBy.test);
});
