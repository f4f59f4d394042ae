import { expect, test } from 'vitest';
import { z } from 'zod';
import { CreateGenerationInput } from '#core/generation.ts';
import { ImportInput } from '#core/import.ts';
import { ListMediaInput, MediaIdInput, SaveInput, UpdateMediaInput } from '#core/media.ts';
import { describeIssue } from './input-words.ts';

function wordsOf(schema: z.ZodType, input: unknown): string[] {
  const { error } = schema.safeParse(input, { error: describeIssue });
  return (error?.issues ?? []).map(({ message }) => message);
}
const ID = '01890a5d-ac96-774b-bcce-b302099a8057';

test('a field that is wrong is named with what it takes, and one that is missing as missing', () => {
  expect(wordsOf(ListMediaInput, { limit: '0' })).toEqual(['limit takes a whole number from 1 to 500.']);
  expect(wordsOf(ListMediaInput, { limit: 'abc' })).toEqual(['limit takes a whole number from 1 to 500.']);
  expect(wordsOf(ListMediaInput, { limit: '1.5' })).toEqual(['limit takes a whole number from 1 to 500.']);
  expect(wordsOf(ListMediaInput, { trash: 'maybe' })).toEqual(['trash takes true or false.']);
  expect(wordsOf(ListMediaInput, { kind: 'sound' })).toEqual(['kind takes image or video.']);
  expect(wordsOf(ListMediaInput, { limt: '1' })).toEqual([
    'limt is not known here. Known are kind, trash, starred, collection, limit and cursor.',
  ]);
  expect(wordsOf(MediaIdInput, { id: 'not-a-uuid' })).toEqual(['id takes a UUID.']);
  expect(wordsOf(CreateGenerationInput, {})).toEqual([
    'kind is missing. It takes image or video.',
    'prompt is missing. It takes text of 1 to 8,000 characters.',
  ]);
  expect(wordsOf(CreateGenerationInput, { kind: 'image', prompt: 'x', settings: [] })).toEqual([
    'settings takes a JSON object.',
  ]);
  expect(wordsOf(UpdateMediaInput, { id: ID, starred: 'no', tags: 'a' })).toEqual([
    'tags takes a list of at most 50 entries.',
    'starred takes true or false.',
  ]);
  expect(wordsOf(UpdateMediaInput, { id: ID, headline: 4, tags: ['x'.repeat(61)] })).toEqual([
    'headline takes text of 1 to 200 characters.',
    'tags.0 takes text of 1 to 60 characters.',
  ]);
  expect(wordsOf(SaveInput, { id: ID.replace('-7', '-4'), data: 'aa', createdAt: 'today' })).toEqual([
    'id takes a UUID of version 7.',
    'createdAt takes a time such as 2026-01-31T12:00:00Z.',
  ]);
  expect(wordsOf(ImportInput, { entries: [] })).toEqual(['entries takes a list of 1 to 20 entries.']);
  expect(wordsOf(MediaIdInput, undefined)).toEqual(['The input is missing. It takes a JSON object.']);
});

test('what a schema says itself goes before', () => {
  expect(wordsOf(CreateGenerationInput, { kind: 'image', prompt: '' })).toEqual(['Write a prompt first.']);
});

test('of a choice by a type the types are named', () => {
  const Choice = z.discriminatedUnion('type', [
    z.object({ type: z.literal('save') }),
    z.object({ type: z.literal('trash'), seed: z.int() }),
  ]);
  expect(wordsOf(Choice, { type: 'sink' })).toEqual(['type takes save or trash.']);
  expect(wordsOf(Choice, { type: 'trash', seed: 'x' })).toEqual(['seed takes a whole number.']);
});
