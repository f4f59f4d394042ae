import { expect, it } from 'vitest';
import { parseRange } from './range.ts';

const part = (start: number, end: number) => ({ type: 'part', range: { start, end } });
const whole = { type: 'whole' };
const unsatisfiable = { type: 'unsatisfiable' };

it.each([
  [null, whole],
  ['', whole],
  ['bytes=0-0', part(0, 0)],
  ['bytes=0-99', part(0, 99)],
  ['bytes=0-', part(0, 99)],
  ['bytes=40-', part(40, 99)],
  ['bytes=40-59', part(40, 59)],
  ['bytes=99-99', part(99, 99)],
  ['bytes=90-1000', part(90, 99)],
  ['bytes=0-99999999999999999999999999', part(0, 99)],
  ['bytes=-1', part(99, 99)],
  ['bytes=-100', part(0, 99)],
  ['bytes=-1000', part(0, 99)],
  ['BYTES=1-2', part(1, 2)],
  ['bytes= 1-2 ', part(1, 2)],
  ['bytes=100-', unsatisfiable],
  ['bytes=100-200', unsatisfiable],
  ['bytes=99999999999999999999999999-', unsatisfiable],
  ['bytes=-0', unsatisfiable],
  // Broken, foreign or plural: RFC 9110, 14.2 lets a server answer with everything.
  ['bytes=5-4', whole],
  ['bytes=200-100', whole],
  ['bytes=-', whole],
  ['bytes=', whole],
  ['bytes=a-b', whole],
  ['bytes=1.5-2', whole],
  ['bytes=--1', whole],
  ['bytes=0x1-2', whole],
  ['bytes 0-1', whole],
  ['seconds=0-1', whole],
  ['bytes=0-1,5-6', whole],
  ['bytes=0-1, ', whole],
  ['bytes=0-1\r\nX: y', whole],
])('Range: %s of 100 bytes', (header, answer) => {
  expect(parseRange(header, 100)).toEqual(answer);
});

it('finds no part in an empty object', () => {
  expect(parseRange('bytes=0-', 0)).toEqual(unsatisfiable);
  expect(parseRange('bytes=-5', 0)).toEqual(unsatisfiable);
  expect(parseRange(null, 0)).toEqual(whole);
});
