import { expect, test } from 'vitest';
import { keyOf, makeStorable, readEntry, type HistoryItem } from './history.ts';

function read(entry: unknown): HistoryItem {
  const result = readEntry(entry);
  if (result.type === 'invalid') throw new Error(result.reason);
  return result.item;
}

const URL_OF = 'https://pictures.example.org/a.png';

test('an entry as most galleries keep it', () => {
  expect(
    read({
      id: 'img_17',
      url: URL_OF,
      prompt: '  a fox in snow ',
      model: 'some-model',
      timestamp: 1_700_000_000_000,
      seed: 42,
      settings: { aspect: '16:9', nested: { deep: [1, null, 'two'] } },
      tags: ['fox', 'fox', ' snow ', 7],
      isFavorite: true,
      likes: 3,
    }),
  ).toEqual({
    source: { type: 'link', url: URL_OF },
    prompt: 'a fox in snow',
    headline: null,
    model: 'some-model',
    seed: 42,
    tags: ['fox', 'snow'],
    starred: true,
    settings: { aspect: '16:9', nested: { deep: [1, null, 'two'] } },
    metadata: { id: 'img_17', likes: 3 },
    createdAt: '2023-11-14T22:13:20.000Z',
  });
});

test.each(['url', 'imageUrl', 'videoUrl', 'src', 'image_url', 'href'])('a link may be called %s', (name) => {
  expect(read({ [name]: URL_OF }).source).toEqual({ type: 'link', url: URL_OF });
});

test.each([
  [1_700_000_000_000, '2023-11-14T22:13:20.000Z'],
  [1_700_000_000, '2023-11-14T22:13:20.000Z'],
  ['1700000000000', '2023-11-14T22:13:20.000Z'],
  ['2023-11-14T22:13:20Z', '2023-11-14T22:13:20.000Z'],
  ['2023-11-14T23:13:20+01:00', '2023-11-14T22:13:20.000Z'],
  ['1969-07-20T20:17:40Z', '1969-07-20T20:17:40.000Z'],
])('the time %s is %s', (timestamp, createdAt) => {
  expect(read({ url: URL_OF, timestamp })).toMatchObject({ createdAt, metadata: {} });
});

test.each([0, -5, 1e20, NaN, 'yesterday', '', null, {}, '+275760-01-01T00:00:00Z'])(
  'the time %s is none, and kept as it is where it can be',
  (timestamp) => {
    const { createdAt, metadata } = read({ url: URL_OF, timestamp });
    expect(createdAt).toBeNull();
    const isKept = !Number.isNaN(timestamp);
    expect(metadata).toEqual(isKept ? { timestamp } : { omitted: ['timestamp'] });
  },
);

test('settings beside the record, prompt and model within the settings', () => {
  expect(
    read({ url: URL_OF, aspectRatio: '1:1', params: { prompt: 'inside', model: 'm', seed: 7, steps: 20 } }),
  ).toMatchObject({
    prompt: 'inside',
    model: 'm',
    seed: 7,
    settings: { aspectRatio: '1:1', steps: 20 },
    metadata: {},
  });
});

test('a seed or model of another sort is kept beside', () => {
  expect(read({ url: URL_OF, seed: -1, model: { name: 'x' } })).toMatchObject({
    seed: null,
    model: null,
    metadata: { seed: -1, model: { name: 'x' } },
  });
});

test('bytes in place of a link', () => {
  const data = `data:image/png;base64,${'A'.repeat(80)}`;
  expect(read({ url: data }).source).toEqual({ type: 'data', data });
  expect(read({ b64_json: 'QUJD'.repeat(40) }).source.type).toBe('data');
  expect(read(URL_OF).source).toEqual({ type: 'link', url: URL_OF });
  expect(read({ sha256: 'a'.repeat(64), url: data }).source).toEqual({
    type: 'hash',
    sha256: 'a'.repeat(64),
  });
});

test.each([null, 7, true, [], {}, { prompt: 'no picture' }, { url: '' }, { url: 5 }, { url: null }])(
  '%j says why it is none',
  (entry) => {
    expect(readEntry(entry)).toMatchObject({ type: 'invalid', reason: expect.stringMatching(/\w/) });
  },
);

test('what is too long is cut and kept whole beside it; what is too large is named', () => {
  const item = read({
    url: URL_OF,
    prompt: 'p'.repeat(9000),
    title: 't'.repeat(300),
    huge: 'x'.repeat(50_000),
  });
  expect(item.prompt).toHaveLength(8000);
  expect(item.headline).toHaveLength(200);
  expect(item.metadata).toEqual({ prompt: 'p'.repeat(9000), headline: 't'.repeat(300), omitted: ['huge'] });
});

test('what is lost is said, and a long prompt is kept whole before anything else', () => {
  const entry = { url: URL_OF, likes: 3, notes: 'n'.repeat(11_000), prompt: 'p'.repeat(9000) };
  expect(readEntry(entry)).toMatchObject({
    item: { metadata: { likes: 3, prompt: entry.prompt, omitted: ['notes'] } },
    shortened: 'Too large to be kept: notes.',
  });
  expect(readEntry({ ...entry, prompt: 'p'.repeat(60_000), notes: 'n' })).toMatchObject({
    item: { metadata: { likes: 3, notes: 'n', omitted: ['prompt'] } },
    shortened: 'The prompt is shortened from 60,000 to 8,000 characters.',
  });
  expect(readEntry({ url: URL_OF, prompt: 'p'.repeat(9000) })).toMatchObject({ shortened: null });
  const long = { model: 'm'.repeat(300), tags: ['t'.repeat(70), 'short'] };
  expect(readEntry({ url: URL_OF, ...long })).toMatchObject({ item: { metadata: long }, shortened: null });
});

test('one picture has one key', () => {
  const uuid = '0b9c6a52-3f1e-4d7a-9c1b-2f6d8e4a7c10';
  expect(keyOf(read(`https://a.example.org/${uuid}.png?x=1`))).toBe(
    keyOf(read(`https://b.example.org/${uuid}.webp`)),
  );
  expect(keyOf(read(`${URL_OF}#1`))).toBe(keyOf(read(URL_OF)));
  expect(keyOf(read(`${URL_OF}?1`))).not.toBe(keyOf(read(URL_OF)));
});

test('text that no database holds loses no more than what cannot be held', () => {
  expect(makeStorable({ 'a\0b': ['x\0y', '\ud800z', 5, null] })).toEqual({ ab: ['xy', '\ufffdz', 5, null] });
});
