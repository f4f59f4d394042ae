import { rgbaToThumbHash } from 'thumbhash';
import { expect, test } from 'vitest';
import { blurOf } from './blur.ts';

const hashOf = (alpha: number) => {
  const pixels = Uint8Array.from({ length: 4 * 64 }, (_, at) => (at === 7 ? alpha : 255));
  return Buffer.from(rgbaToThumbHash(8, 8, pixels)).toString('base64');
};

test('a hash tells the blur, and whether a pixel can be seen through', () => {
  expect(blurOf(hashOf(255))).toEqual({ url: expect.stringMatching(/^data:image\/png/), isOpaque: true });
  expect(blurOf(hashOf(128))).toEqual({ url: expect.stringMatching(/^data:image\/png/), isOpaque: false });
  for (const none of [null, '', 'AA==', '%']) expect(blurOf(none).isOpaque).toBe(false);
});
