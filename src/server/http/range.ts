import type { ByteRange } from '../storage/port.ts';

/**
 * What a Range header asks of an object of `size` bytes (RFC 9110, section 14). `whole`: there is none, or one that
 * a server should ignore: another unit, broken syntax, or several ranges, which no player of media sends.
 */
export type RangeAnswer = { type: 'whole' } | { type: 'part'; range: ByteRange } | { type: 'unsatisfiable' };

const WHOLE: RangeAnswer = { type: 'whole' };
const UNSATISFIABLE: RangeAnswer = { type: 'unsatisfiable' };

export function parseRange(header: string | null, size: number): RangeAnswer {
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? '');
  if (!match) return WHOLE;
  const [, first = '', last = ''] = match;
  if (first === '') {
    if (last === '') return WHOLE;
    const suffix = Math.min(Number(last), size);
    return suffix === 0 ? UNSATISFIABLE : part(size - suffix, size - 1);
  }
  const start = Number(first);
  const end = last === '' ? Infinity : Number(last);
  if (end < start) return WHOLE;
  return start >= size ? UNSATISFIABLE : part(start, Math.min(end, size - 1));
}

const part = (start: number, end: number): RangeAnswer => ({ type: 'part', range: { start, end } });
