import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readBody, wholeSize } from './remote-body.ts';

const bytes = randomBytes(1000);
const WHOLE = { start: 0, end: 999 };
const SILENCE_MS = 100;

type Source = { chunks?: Uint8Array[]; after?: 'end' | 'break' | 'silence' };

/** A stream of the chunks, and whether it was cancelled. */
function open(
  { chunks = [bytes.subarray(0, 600), bytes.subarray(600)], after = 'end' }: Source,
  status = 200,
) {
  const state = { cancelled: false };
  const left = [...chunks];
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = left.shift();
        if (chunk) controller.enqueue(chunk);
        else if (after === 'end') controller.close();
        else if (after === 'break') controller.error(new Error('socket hang up'));
        else return new Promise(() => {});
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { response: new Response(stream, { status }), state };
}

describe('the body of a remote object', () => {
  it('is the range, whether the answer is that part or all of it', async () => {
    const range = { start: 500, end: 699 };
    const part = open({ chunks: [bytes.subarray(500, 700)] }, 206);
    expect((await buffer(readBody(part.response, range, SILENCE_MS))).equals(bytes.subarray(500, 700))).toBe(
      true,
    );
    const all = open({});
    expect((await buffer(readBody(all.response, range, SILENCE_MS))).equals(bytes.subarray(500, 700))).toBe(
      true,
    );
    expect(all.state.cancelled).toBe(true);
  });

  it.each<[string, Source, string]>([
    ['ends too early', { chunks: [bytes.subarray(0, 999)] }, 'CORRUPT'],
    ['breaks off', { chunks: [bytes.subarray(0, 300)], after: 'break' }, 'UNAVAILABLE'],
    ['falls silent', { chunks: [bytes.subarray(0, 300)], after: 'silence' }, 'UNAVAILABLE'],
    ['never begins', { chunks: [], after: 'silence' }, 'UNAVAILABLE'],
  ])('is refused when it %s', async (_, source, code) => {
    const { response } = open(source);
    await expect(buffer(readBody(response, WHOLE, SILENCE_MS))).rejects.toMatchObject({ code });
  });

  it('waits for a slow reader', async () => {
    const reader = readBody(open({}).response, WHOLE, SILENCE_MS).getReader();
    expect((await reader.read()).value?.byteLength).toBe(600);
    await wait(3 * SILENCE_MS);
    expect((await reader.read()).value?.byteLength).toBe(400);
    expect((await reader.read()).done).toBe(true);
  });

  it('is let go when its reader leaves', async () => {
    const { response, state } = open({});
    await readBody(response, WHOLE, SILENCE_MS).cancel();
    expect(state.cancelled).toBe(true);
  });
});

it.each<[number, Record<string, string>, number | null]>([
  [200, { 'content-length': '12' }, 12],
  [200, {}, null],
  [206, { 'content-range': 'bytes 0-0/12', 'content-length': '1' }, 12],
  [206, { 'content-range': 'bytes 0-0/*', 'content-length': '1' }, null],
  [206, { 'content-length': '1' }, null],
])('an answer of %i with %o tells the size %s', (status, headers, size) => {
  expect(wholeSize(new Response(null, { status, headers }))).toBe(size);
});
