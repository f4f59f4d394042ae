import { describe, expect, test } from 'vitest';
import { CreateGenerationInput } from '#core/generation.ts';
import { COMMON_ASPECTS, ImageSettings } from '#core/settings.ts';
import { ASPECTS, EMPTY_DRAFT, parseDraft, problemWith, reuse, toInput, type Draft } from './draft.ts';

const full: Draft = {
  ...EMPTY_DRAFT,
  prompt: ' a lighthouse in the mist ',
  model: { image: 'demo-image', video: '' },
  aspect: { image: '21:9', video: '9:16' },
  seed: '42',
  style: 'Watercolour',
  negativePrompt: 'people',
  language: 'pt-BR',
  headline: 'Fog',
  searchContext: 'lighthouses of Brittany',
  groundingLinks: 'https://example.com/a\n\n https://example.com/b ',
};
const all = () => true;

describe('draft', () => {
  test('becomes a request that the server accepts', () => {
    const input = CreateGenerationInput.parse(toInput(full, all, 'request-1'));
    expect(input).toMatchObject({
      kind: 'image',
      prompt: 'a lighthouse in the mist',
      count: 4,
      model: 'demo-image',
    });
    expect(ImageSettings.parse(input.settings)).toEqual({
      aspect: '21:9',
      seed: 42,
      style: 'Watercolour',
      negativePrompt: 'people',
      language: 'pt-BR',
      headline: 'Fog',
      searchContext: 'lighthouses of Brittany',
      groundingLinks: ['https://example.com/a', 'https://example.com/b'],
    });
  });

  test('sends nothing that is empty, and nothing that the model lacks', () => {
    expect(toInput({ ...EMPTY_DRAFT, prompt: 'x' }, all, 'r').settings).toEqual({ aspect: '1:1' });
    expect(toInput(full, () => false, 'r').settings).not.toHaveProperty('seed');
  });

  test('survives storage, and nonsense in storage is the default', () => {
    expect(parseDraft(full)).toEqual(full);
    expect(parseDraft(null)).toEqual(EMPTY_DRAFT);
    expect(parseDraft([1])).toEqual(EMPTY_DRAFT);
    expect(
      parseDraft({ kind: 'hologram', count: { image: 99 }, aspect: { image: 'wide' }, seed: 7 }),
    ).toEqual(EMPTY_DRAFT);
  });

  test('is taken from a generation, and asks for the same again', () => {
    const { kind, prompt, model, settings } = toInput(full, all, 'r');
    const again = reuse(EMPTY_DRAFT, {
      kind,
      prompt,
      model: model ?? '',
      settings: settings ?? {},
      count: 4,
    });
    expect(toInput(again, all, 'r')).toEqual(toInput(full, all, 'r'));
  });

  test('says what is wrong before it is sent', () => {
    expect(problemWith(full)).toBeNull();
    expect(problemWith(EMPTY_DRAFT)).toBe('Write a prompt first.');
    expect(problemWith({ ...full, seed: '4294967296' })).toContain('seed');
    expect(problemWith({ ...full, groundingLinks: 'javascript:alert(1)' })).toContain('Not a web address');
  });

  test('offers the aspects that the core names', () => {
    expect(ASPECTS).toEqual(COMMON_ASPECTS);
  });
});
