import { describe, expect, test } from 'vitest';
import { CreateGenerationInput, Generation } from '#core/generation.ts';
import { elapsed, isWaiting, resultGroups, retryInput, type Started } from './result-groups.ts';

const uuid = (at: number) => `00000000-0000-4000-8000-00000000000${at}`;
const generation = Generation.parse({
  id: uuid(1),
  version: 1,
  requestId: 'r1',
  status: 'running',
  kind: 'image',
  prompt: 'a',
  count: 2,
  model: 'm',
  provider: 'p',
  settings: { aspect: '4:3', seed: 4_294_967_295, style: 'Ink drawing' },
  metadata: {},
  outputs: [0, 1].map((index) => ({ index, mediaId: uuid(index + 2), state: 'waiting', error: null })),
  error: null,
  createdAt: '2026-11-21T10:00:00.000Z',
  startedAt: null,
  finishedAt: null,
});
const started: Started = {
  requestId: 'r1',
  input: { kind: 'image', prompt: 'a', count: 2, settings: { aspect: '4:3' } },
  at: '2026-11-21T09:59:59.900Z',
  error: null,
};

describe('result groups', () => {
  test('a request keeps its key and its shape when the server has accepted it', () => {
    const [before] = resultGroups([], [started]);
    const after = resultGroups([generation], [started]);
    expect(after).toHaveLength(1);
    expect(after[0]?.key).toBe(before?.key);
    expect(after[0]?.ratio).toBe(before?.ratio);
    expect(after[0]?.outputs).toHaveLength(before?.outputs.length ?? 0);
    expect(before?.status).toBe('starting');
  });

  test('a refused request says why and waits for nothing', () => {
    const [group] = resultGroups([], [{ ...started, error: 'Too many requests.' }]);
    expect(group).toMatchObject({ status: 'refused', error: { message: 'Too many requests.' } });
    expect(group && isWaiting(group)).toBe(false);
  });

  test('retrying one output asks for one, linked, with the seed that it had', () => {
    const input = CreateGenerationInput.parse(retryInput(generation, 1, 'r2'));
    expect(input).toMatchObject({
      count: 1,
      settings: { aspect: '4:3', style: 'Ink drawing', seed: 0 },
      metadata: { retryOf: generation.id, retryIndex: 1 },
    });
  });

  test('time is plain', () => {
    const since = '2026-11-21T10:00:00.000Z';
    const at = (ms: number) => elapsed(since, Date.parse(since) + ms);
    expect([at(-500), at(999), at(59_999), at(65_000)]).toEqual(['0 s', '0 s', '59 s', '1:05']);
  });
});
