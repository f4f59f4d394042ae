import { afterAll, expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import { createProviders, outputSeed, providersFrom } from './registry.ts';

const providers = createProviders();
afterAll(() => providers.close());

test('without a name the first model of the kind is found, by its name that one', () => {
  expect(providers.find('image').model).toMatchObject({ kind: 'image', demo: true });
  for (const { id, kind } of providers.models) {
    const found = providers.find(kind, id);
    expect(found.model.id).toBe(id);
    expect(found.provider.models).toContain(found.model);
  }
});

const miss = (find: () => unknown) => {
  try {
    find();
  } catch (error) {
    return error;
  }
  return null;
};

test('an unknown model, and one of the other kind, are bad input in the field model', () => {
  const clips = providers.find('video').model.id;
  for (const error of [
    miss(() => providers.find('image', 'no-such-model')),
    miss(() => providers.find('image', clips)),
    miss(() => providersFrom([]).find('video')),
  ]) {
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'BAD_INPUT', field: 'model' });
  }
});

test('the seeds of one generation follow its base, and start again after 32 bits', () => {
  expect([0, 1, 2, 3].map((index) => outputSeed(41, index))).toEqual([41, 42, 43, 44]);
  expect(outputSeed(4_294_967_295, 1)).toBe(0);
});
