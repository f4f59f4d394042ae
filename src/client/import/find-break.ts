/**
 * Finds where a text stops being JSON, which browsers tell each in words of their own or not at all, and what of it is
 * whole: a list that was cut off still holds the records before the cut.
 */
export type Break = {
  /** In UTF-16 units from 0; the length of the text when it just ends. */
  at: number;
  /** The text ends in the middle; otherwise what stands there does not fit. */
  isCut: boolean;
  /** The text up to the last value of a list that is whole, with what is open closed; null when there is none. */
  whole: string | null;
  /** How many lists and records were closed for that. */
  closed: number;
};

const QUOTE = 34;
const BACKSLASH = 92;
const isSpace = (code: number) => code === 32 || code === 10 || code === 13 || code === 9;
const WORD = /[\w.+-]*/y;
const LITERAL = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/;

/** @returns Where the text that begins with a quote ends, or -1. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at += 1;
  }
  return -1;
}

function wordAt(text: string, from: number): string {
  WORD.lastIndex = from;
  return WORD.exec(text)?.[0] ?? '';
}

/** @returns null for a text that is whole, as far as its lists, records and texts tell. */
export function findBreak(text: string): Break | null {
  /** What closes each list and record that is open. */
  const open: string[] = [];
  let best: { end: number; open: string[] } | null = null;
  let next: 'value' | 'first' | 'key' | 'firstKey' | 'colon' | 'comma' = 'value';
  let at = 0;

  const broken = (isCut: boolean): Break => ({
    at: isCut ? text.length : at,
    isCut,
    whole: best && text.slice(0, best.end) + best.open.toReversed().join(''),
    closed: best?.open.length ?? 0,
  });

  function endValue(end: number): 'comma' {
    at = end;
    // Of the outermost list that holds anything whole: what lies deeper may be a part of a record that is not.
    if (open.at(-1) === ']' && (best === null || open.length <= best.open.length))
      best = { end, open: [...open] };
    return 'comma';
  }

  for (;;) {
    while (isSpace(text.charCodeAt(at))) at += 1;
    const sign = text[at];
    if (sign === undefined) return next === 'comma' && open.length === 0 ? null : broken(true);
    if (next === 'comma') {
      if (sign === ',' && open.length > 0) {
        next = open.at(-1) === ']' ? 'value' : 'key';
        at += 1;
      } else if (sign === open.at(-1)) {
        open.pop();
        next = endValue(at + 1);
      } else return broken(false);
    } else if (next === 'colon') {
      if (sign !== ':') return broken(false);
      next = 'value';
      at += 1;
    } else if ((next === 'first' || next === 'firstKey') && sign === open.at(-1)) {
      open.pop();
      next = endValue(at + 1);
    } else if (sign === '"') {
      const end = endOfString(text, at);
      if (end === -1) return broken(true);
      if (next === 'key' || next === 'firstKey') {
        at = end;
        next = 'colon';
      } else next = endValue(end);
    } else if (next === 'key' || next === 'firstKey') return broken(false);
    else if (sign === '[' || sign === '{') {
      open.push(sign === '[' ? ']' : '}');
      next = sign === '[' ? 'first' : 'firstKey';
      at += 1;
    } else {
      const word = wordAt(text, at);
      const end = at + word.length;
      // A number that the text ends with may be the beginning of a longer one.
      if (end === text.length && open.length > 0) return broken(true);
      if (!LITERAL.test(word)) return broken(false);
      next = endValue(end);
    }
  }
}

/** Where the last of so many characters is, as an editor counts. */
export function placeOf(text: string, characters: number): string {
  const lines = text.slice(0, characters).split('\n');
  const column = lines.at(-1)?.length ?? 0;
  return `line ${lines.length.toLocaleString('en')}, character ${column.toLocaleString('en')}`;
}
