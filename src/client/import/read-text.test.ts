import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { findBreak } from './find-break.ts';
import { readText, readTexts } from './read-text.ts';

const one = { url: 'https://pictures.example.org/1.png', prompt: 'a "quoted" \\ one', tags: ['x', 'y'] };
const two = { url: 'https://pictures.example.org/2.png', prompt: '{two]' };
const CUT = 'This is not whole JSON: it ends in the middle';

test('a text that is cut off says where, and offers what is whole', () => {
  expect(readText('[{"url": "https://x')).toEqual({
    entries: [],
    problem: `${CUT} (line 1, character 19). Was it copied to the end?`,
  });
  const text = JSON.stringify([one, two, one], null, 1);
  const read = readText(text.slice(0, -20));
  expect(read.entries).toEqual([one, two]);
  expect(read.problem).toMatch(/line 18, character 3\)/);
  expect(read.problem).toContain('The 2 entries before that are whole, and can be brought in.');
});

test.each([
  ['lists by name', { first: [one], second: [two, one] }, [one, two]],
  ['a store', { state: { items: [one, two, two] } }, [one, two]],
  [
    'sessions',
    [
      { name: 's', items: [one] },
      { name: 't', items: [two, one] },
    ],
    [one],
  ],
  ['links', [one.url, two.url, one.url], [one.url, two.url]],
])('of %s', (_name, value, entries) => {
  const text = JSON.stringify(value);
  expect(readText(text.slice(0, text.lastIndexOf('ictures'))).entries).toEqual(entries);
});

test('a record of which a part is whole is not offered as one', () => {
  expect(readText('[{"url": "https://x", "parts": [{"url": "https://y"}, {"url').entries).toEqual([]);
});

test('a text that is broken and not cut says where', () => {
  const read = readText(`[${JSON.stringify(one)},\n${JSON.stringify(two)}\nnonsense, 5]`);
  expect(read.entries).toEqual([one, two]);
  expect(read.problem).toMatch(
    /^This is not JSON: it is broken at line 3, character 1\. The 2 entries before/,
  );
});

test('one record a line is a list; a line that is none is named', () => {
  const lines = [one, two].map((record) => JSON.stringify(record));
  expect(readText(lines.join('\n'))).toEqual({ entries: [one, two], problem: null });
  expect(readText(`${lines.join(',\r\n')},\r\n`)).toEqual({ entries: [one, two], problem: null });
  const cut = readText(`${lines.join('\n')}\n\n{"url": "htt`);
  expect(cut.entries).toEqual([one, two]);
  expect(cut.problem).toBe('Line 4 is not whole JSON and left out. Was it copied to the end?');
});

test.each([
  ['{}', 'an empty record'],
  ['[]', 'an empty list'],
  ['42', 'a number'],
  ['"hello"', 'plain text'],
  ['hello', 'plain text'],
  ['', 'plain text'],
  ['{"theme": "dark"}', 'a record of something else'],
])('%j has no history, and what was expected is said', (text, kind) => {
  const { entries, problem } = readText(text);
  expect(entries).toEqual([]);
  expect(problem).toContain(`There is no history in this: it is ${kind}. Expected is a list of records`);
});

test('lists within entries that are not brought in are told by name', () => {
  const versions = [two.url, `${two.url}?2`];
  expect(readText(JSON.stringify([{ ...one, versions }, one]))).toEqual({
    entries: [{ ...one, versions }, one],
    problem: expect.stringMatching(/^Not among the entries .*: versions \(2\)\. To bring it in as well/),
  });
  expect(readText(JSON.stringify({ history: [one, one], videos: [two] }))).toEqual({
    entries: [one, one, two],
    problem: null,
  });
});

test('of several files each answers for itself', () => {
  const { entries, problems } = readTexts([JSON.stringify([one]), '42', JSON.stringify([two])]);
  expect(entries).toEqual([one, two]);
  expect(problems).toEqual([expect.stringMatching(/^File 2: There is no history in this: it is a number/)]);
});

test('whole JSON has no break, and any cut of a list or a record is one, whose whole part is JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), (value, cut) => {
      const text = JSON.stringify([value]);
      expect(findBreak(text)).toBeNull();
      const found = findBreak(text.slice(0, cut % text.length));
      expect(found).toMatchObject({ isCut: true, at: cut % text.length });
      expect(JSON.parse(found?.whole ?? '[]')).toBeInstanceOf(Array);
    }),
  );
});
