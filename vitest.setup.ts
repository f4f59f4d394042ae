import * as fc from 'fast-check';
import { afterEach, beforeEach } from 'vitest';

// What is tested belongs to the commit: cases that nobody has met are looked for by the long tests, with new seeds.
fc.configureGlobal({ seed: Number(process.env['SEED'] ?? 1), includeErrorInReport: true });

// Any console.error fails the test that caused it. One that expects an error puts its own spy in this one's place.
const { error: print } = console;
let printed: unknown[][] = [];

beforeEach(() => {
  printed = [];
  console.error = (...args: unknown[]) => {
    printed.push(args);
    print(...args);
  };
});

afterEach(() => {
  console.error = print;
  if (printed.length > 0) throw new Error(`console.error was called: ${String(printed[0]?.[0])}`);
});

process.env['AUTH_SECRET'] ??= 'signs nothing outside of the tests';
