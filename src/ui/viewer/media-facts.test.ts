import { describe, expect, test } from 'vitest';
import { mediaRow } from '#core/testing/rows.ts';
import { byteSize, groundingLinks, mediaFacts } from './media-facts.ts';

describe('facts', () => {
  test('sizes are short', () => {
    expect([0, 999, 1000, 1_234_567, 999_600, 48_000_000, 2_300_000_000].map(byteSize)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '1.2 MB',
      '1.0 MB',
      '48 MB',
      '2.3 GB',
    ]);
  });

  test('what a file told of itself is shown, with what wrote it', () => {
    const media = mediaRow(1, 1, {
      origin: 'uploaded',
      seed: null,
      settings: { steps: 28, cfg: 6.5, sampler: 'euler', seed: '18446744073709551615' },
      metadata: { embedded: { generator: 'comfyui', raw: '{}' } },
    });
    expect(mediaFacts(media, 'en')).toEqual(
      expect.arrayContaining([
        { name: 'Steps', value: '28' },
        { name: 'CFG scale', value: '6.5' },
        { name: 'Sampler', value: 'euler' },
        { name: 'Seed', value: '18446744073709551615' },
        { name: 'Recipe in the file by', value: 'ComfyUI' },
      ]),
    );
  });

  test('only web addresses become links', () => {
    const groundingLinksSetting = ['https://example.com', 'javascript:alert(1)', 7, 'HTTP://example.com'];
    expect(groundingLinks({ settings: { groundingLinks: groundingLinksSetting } })).toEqual([
      'https://example.com',
      'HTTP://example.com',
    ]);
    expect(groundingLinks({ settings: {} })).toEqual([]);
  });
});
