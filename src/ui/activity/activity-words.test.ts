import { describe, expect, test } from 'vitest';
import type { Generation, GenerationOutput } from '#core/generation.ts';
import { GenerationId, MediaId } from '#core/media.ts';
import { ReceiptId, type PurgeCounts, type Receipt } from '#core/receipt.ts';
import { isFailure, outcomeOf, titleOf, waitingFor } from './activity-words.ts';

const made = (status: Generation['status'], ...states: GenerationOutput['state'][]): Generation => ({
  id: GenerationId.parse(crypto.randomUUID()),
  version: 1,
  requestId: null,
  status,
  kind: 'image',
  prompt: 'a wish',
  count: states.length,
  model: 'demo',
  provider: 'demo',
  settings: {},
  metadata: {},
  outputs: states.map((state, index) => ({
    index,
    state,
    mediaId: MediaId.parse(crypto.randomUUID()),
    error: null,
  })),
  error: null,
  createdAt: '2026-11-21T10:00:00.000Z',
  startedAt: null,
  finishedAt: null,
});

describe('a generation', () => {
  test.each([
    [made('running', 'waiting', 'waiting'), 'Running', false],
    [made('saving', 'saved', 'waiting'), '1 image saved', false],
    [made('succeeded', 'saved', 'saved'), '2 images saved', false],
    [made('succeeded', 'saved', 'failed'), '1 image saved, 1 failed', true],
    [made('failed', 'failed', 'failed'), 'Failed', true],
    [made('interrupted', 'waiting'), 'Interrupted', true],
    [made('cancelled', 'cancelled'), 'Cancelled', false],
  ])('%#: says what became of it', (generation, words, failed) => {
    expect(outcomeOf(generation)).toBe(words);
    expect(isFailure(generation)).toBe(failed);
  });
});

const receipt = (counts: Partial<PurgeCounts>, rest: Partial<Receipt> = {}): Receipt => ({
  id: ReceiptId.parse('01a1fdc1-e024-7f5b-8afd-10f4ae93ee94'),
  reason: 'asked',
  requestedAt: '2026-11-21T10:00:00.000Z',
  counts: { images: 0, videos: 0, files: 0, bytes: 0, ...counts },
  goneAt: null,
  pending: null,
  ...rest,
});

describe('a receipt', () => {
  test('names what is gone by its number alone', () => {
    expect(titleOf(receipt({ images: 1 }))).toBe('1 image deleted for good');
    expect(titleOf(receipt({ images: 2, videos: 1 }, { reason: 'trash' }))).toBe(
      '2 images and 1 video deleted for good, after their days in the trash',
    );
  });

  test('says what it waits for', () => {
    expect(waitingFor(receipt({}))).toBeNull();
    for (const why of ['soon', 'backup', 'refused', 'unreachable'] as const)
      expect(waitingFor(receipt({}, { pending: { files: 1, bytes: 9, why } }))).toMatch(
        /^1 file still there/,
      );
  });
});
