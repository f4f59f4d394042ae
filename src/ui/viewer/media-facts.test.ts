import { describe, expect, test } from 'vitest';
import { byteSize, groundingLinks } from './media-facts.ts';

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

  test('only web addresses become links', () => {
    const groundingLinksSetting = ['https://example.com', 'javascript:alert(1)', 7, 'HTTP://example.com'];
    expect(groundingLinks({ settings: { groundingLinks: groundingLinksSetting } })).toEqual([
      'https://example.com',
      'HTTP://example.com',
    ]);
    expect(groundingLinks({ settings: {} })).toEqual([]);
  });
});
