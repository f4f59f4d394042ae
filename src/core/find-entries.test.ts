import { expect, test } from 'vitest';
import { findEntries, findPassedOver } from './find-entries.ts';

const URL_OF = 'https://pictures.example.org/a.png';
const one = { url: URL_OF, prompt: 'one' };
const two = { videoUrl: 'https://pictures.example.org/b.mp4', prompt: 'two' };
test.each([
  ['a list', [one, two], [one, two]],
  ['one record', one, [one]],
  ['a list as text', JSON.stringify([one, two]), [one, two]],
  ['a list of links', [URL_OF], [URL_OF]],
  ['a list under a name', { history: [one, two], version: 3 }, [one, two]],
  [
    'a dump of a storage',
    { theme: 'dark', images: 'x', a: JSON.stringify([one]), b: JSON.stringify([two]) },
    [one, two],
  ],
  ['a dump with a list called data', { data: JSON.stringify([one, two]) }, [one, two]],
  ['state of a store', { state: { gallery: { items: [one, two] } }, version: 0 }, [one, two]],
  ['lists of lists', [[one], [two]], [one, two]],
  [
    'sessions',
    [
      { name: 's', items: [one] },
      { name: 't', items: [two] },
    ],
    [one, two],
  ],
  ['broken ones among good ones', [one, { prompt: 'lost' }, null, two], [one, { prompt: 'lost' }, null, two]],
  ['none that is good', [{ prompt: 'lost' }, {}], [{ prompt: 'lost' }, {}]],
  ['images and videos', { images: [one], videos: [two] }, [one, two]],
  [
    'several outputs of one record',
    [{ prompt: 'both', outputs: [URL_OF, { url: two.videoUrl, seed: 2 }] }],
    [
      { prompt: 'both', url: URL_OF },
      { prompt: 'both', url: two.videoUrl, seed: 2 },
    ],
  ],
  [
    'lists of which some have a name of outputs',
    { version: 2, history: [one, one], videos: [two] },
    [one, one, { version: 2, ...two }],
  ],
  [
    'the same in a session, and as text',
    [
      { name: 's', videos: [two], history: [one] },
      { urls: [URL_OF], kept: JSON.stringify({ state: [one] }) },
    ],
    [{ name: 's', ...two }, one, { url: URL_OF }, one],
  ],
  [
    'a record of several outputs that keeps what it was made from',
    {
      prompt: 'both',
      images: [URL_OF],
      references: [{ url: two.videoUrl }],
      user: { url: 'https://example.org' },
    },
    [
      {
        prompt: 'both',
        url: URL_OF,
        references: [{ url: two.videoUrl }],
        user: { url: 'https://example.org' },
      },
    ],
  ],
  [
    'outputs with smaller ones of them',
    [{ images: [URL_OF], thumbnails: [two.videoUrl] }],
    [{ url: URL_OF, thumbnails: [two.videoUrl] }],
  ],
  ['nothing', {}, []],
  ['a text', 'hello', []],
  ['a number', 5, []],
  ['text that is cut', '[{"url": "https', []],
])('entries are found in %s', (_name, value, expected) => {
  expect(findEntries(value)).toEqual(expected);
});

test('lists within a record that has a picture of its own are named, unless their pictures come anyhow', () => {
  const inner = { url: 'https://pictures.example.org/c.png' };
  const record = { ...one, images: [URL_OF], versions: [inner, inner, 'x'], also: JSON.stringify([inner]) };
  expect(findPassedOver([record, { ...two, versions: [inner], tags: ['a'] }])).toEqual([
    { name: 'versions', count: 1 },
    { name: 'also', count: 1 },
  ]);
  expect(findPassedOver([record, two, inner])).toEqual([]);
});
