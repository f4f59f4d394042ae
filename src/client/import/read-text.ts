/** Reads a history out of a text: JSON, one record a line, or links; and says of what cannot be read where and why. */
import { findEntries, findPassedOver } from '#core/find-entries.ts';
import { readEntry } from '#core/history.ts';
import { findBreak, placeOf } from './find-break.ts';

export type ReadText = {
  entries: unknown[];
  /** What of the text is not among them. */
  problem: string | null;
};

const EXPECTED =
  'Expected is a list of records with a link or a picture each, such as [{"url": "https://...", "prompt": "..."}], or links, one a line.';

const FAILED = Symbol('not JSON');

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return FAILED;
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'it is empty (null)';
  if (Array.isArray(value))
    return value.length === 0 ? 'it is an empty list' : 'it is a list of something else';
  if (typeof value === 'object') {
    return Object.keys(value).length === 0 ? 'it is an empty record' : 'it is a record of something else';
  }
  return typeof value === 'string' ? 'it is plain text' : `it is a ${typeof value}`;
}

const noHistory = (value: unknown) => `There is no history in this: ${kindOf(value)}. ${EXPECTED}`;

const listed = (lines: readonly number[]) =>
  lines.length > 5 ? `${lines.slice(0, 5).join(', ')} and more` : lines.join(', ');

/** One record a line, or null when it is not that. */
function readLines(text: string): ReadText | null {
  const lines = text
    .split('\n')
    .map((line, index) => ({ number: index + 1, line: line.trim().replace(/,$/, '') }))
    .filter(({ line }) => line !== '');
  const [first] = lines;
  if (!first || lines.length < 2 || !/^[[{"]/.test(first.line) || parse(first.line) === FAILED) return null;
  const values: unknown[] = [];
  const broken: number[] = [];
  for (const { number, line } of lines) {
    const value = parse(line);
    if (value === FAILED) broken.push(number);
    else values.push(value);
  }
  const entries = findEntries(values);
  if (entries.length === 0) return { entries, problem: noHistory(values) };
  if (broken.length === 0) return toldOf(entries);
  const which = broken.length === 1 ? `Line ${listed(broken)} is` : `Lines ${listed(broken)} are`;
  return { entries, problem: `${which} not whole JSON and left out. Was it copied to the end?` };
}

/** What lies in lists within entries comes along as text, and not as pictures: that is said. */
function toldOf(entries: unknown[]): ReadText {
  const lists = findPassedOver(entries);
  if (lists.length === 0) return { entries, problem: null };
  const named = lists
    .slice(0, 5)
    .map(({ name, count }) => `${name.slice(0, 60)} (${count.toLocaleString('en')})`);
  const more = lists.length > 5 ? [`${lists.length - 5} more`] : [];
  return {
    entries,
    problem: `Not among the entries is what lies in lists within them: ${[...named, ...more].join(', ')}. To bring it in as well, paste such a list by itself.`,
  };
}

/** Whether the value that comes last lies inside of a record that has a picture itself, and so is a part of it. */
function isInsideEntry(value: unknown, depth: number): boolean {
  if (depth === 0 || typeof value !== 'object' || value === null) return false;
  if (!Array.isArray(value) && readEntry(value).type === 'item') return true;
  return isInsideEntry(Object.values(value).at(-1), depth - 1);
}

function readBroken(text: string): ReadText {
  const found = findBreak(text);
  // Something smaller is wrong, such as a sign that no text in JSON may hold as it is.
  if (!found) return { entries: [], problem: `This is not JSON. ${EXPECTED}` };
  const place = placeOf(text, found.isCut ? found.at : found.at + 1);
  const words = found.isCut
    ? `This is not whole JSON: it ends in the middle (${place}). Was it copied to the end?`
    : `This is not JSON: it is broken at ${place}.`;
  const value = found.whole === null ? FAILED : parse(found.whole);
  const entries = value === FAILED || isInsideEntry(value, found.closed) ? [] : findEntries(value);
  const count = entries.filter((entry) => readEntry(entry).type === 'item').length;
  if (count === 0) return { entries: [], problem: words };
  const whole =
    count === 1
      ? 'The one entry before that is'
      : `The ${count.toLocaleString('en')} entries before that are`;
  return { entries, problem: `${words} ${whole} whole, and can be brought in.` };
}

export function readText(text: string): ReadText {
  const value = parse(text);
  if (value !== FAILED) {
    const entries = findEntries(value);
    return entries.length === 0 ? { entries, problem: noHistory(value) } : toldOf(entries);
  }
  const lines = text.split(/\s+/).filter(Boolean);
  if (lines.length > 0 && lines.every((line) => /^(https?:|data:)/i.test(line))) {
    return { entries: findEntries(lines), problem: null };
  }
  if (!/^\s*[[{"]/.test(text)) return { entries: [], problem: noHistory(text) };
  return readLines(text) ?? readBroken(text);
}

/** Of several, as files bring them; each problem says which it is of. */
export function readTexts(texts: readonly string[]): { entries: unknown[]; problems: string[] } {
  const read = texts.map(readText);
  return {
    entries: read.flatMap(({ entries }) => entries),
    problems: read.flatMap(({ problem }, index) =>
      problem === null ? [] : [texts.length > 1 ? `File ${index + 1}: ${problem}` : problem],
    ),
  };
}
