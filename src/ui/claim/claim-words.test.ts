import { expect, test } from 'vitest';
import { describeCounts } from './claim-words.ts';

const none = { images: 0, videos: 0, collections: 0, trashed: 0, unfinished: 0 };

test.each([
  [{}, ''],
  [{ images: 1 }, '1 image'],
  [{ images: 23, videos: 2, collections: 1 }, '23 images, 2 videos and 1 collection'],
  [{ videos: 1, unfinished: 1 }, '1 video and 1 generation under way'],
  [{ images: 1234, trashed: 2 }, '1,234 images and 2 items in the trash'],
])('%o is "%s"', (counts, words) => {
  expect(describeCounts({ ...none, ...counts })).toBe(words);
});
