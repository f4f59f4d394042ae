import { MovOutputFormat } from 'mediabunny';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import { prepareMedia } from '../prepare.ts';
import { filmMp4, filmWebm, paint, pngChunk, remux } from '../sample-media.ts';
import { readWebp, writeWebp } from '../webp.ts';
import { embedRecipe } from './embed.ts';
import { parseOwn, portableSettings, writePacket, type OwnRecipe } from './own.ts';

const RECIPE: OwnRecipe = {
  version: 1,
  kind: 'image',
  prompt: 'a pier & "two" <boats>\n蓮 🪷 ]]> \u0001 &lt;',
  headline: 'Low tide',
  model: 'demo-image',
  provider: 'demo',
  seed: 4_294_967_295,
  settings: { aspect: '3:2', negativePrompt: "it's", groundingLinks: ['https://example.org/?a=1&b=2'] },
};
const { version: _version, kind: _kind, ...BACK } = RECIPE;
const back = { generator: 'afterimage', ...BACK };

const film = () => filmMp4();
const picture = () => paint(40, 30);

const pixels = (bytes: Uint8Array) => sharp(bytes, { failOn: 'warning' }).raw().toBuffer();

const FILES: [string, () => Promise<Uint8Array>][] = [
  ['PNG', () => picture().png().toBuffer()],
  ['JPEG', () => picture().jpeg().toBuffer()],
  [
    'JPEG with EXIF',
    () =>
      picture()
        .withExif({ IFD0: { Software: 'x' } })
        .jpeg()
        .toBuffer(),
  ],
  ['WebP', () => picture().webp().toBuffer()],
  ['WebP without loss', () => picture().webp({ lossless: true }).toBuffer()],
  ['WebP with alpha', () => paint(41, 31, { alpha: true }).webp({ lossless: true }).toBuffer()],
  ['AVIF', () => picture().avif({ effort: 0 }).toBuffer()],
  ['MP4', film],
  ['MOV', async () => remux(await film(), new MovOutputFormat())],
];

test.each(FILES)('%s: the recipe comes back, and the picture is the same', async (_, make) => {
  const plain = await make();
  const file = await embedRecipe(plain, RECIPE, 'output');
  const [before, after] = [
    await prepareMedia(plain, { field: 'data' }),
    await prepareMedia(file, { field: 'data' }),
  ];
  expect(before.embedded).toBeNull();
  expect(after.embedded).toMatchObject({ ...back, prompt: expect.stringContaining('蓮 🪷 ]]>') });
  expect(after.embedded?.prompt).toBe(RECIPE.prompt);
  const { embedded: _embedded, bytes: _bytes, sha256: _sha256, ...facts } = after;
  expect(before).toMatchObject(facts);
});

test.each(FILES.slice(0, 6))(
  '%s: other programs show the prompt, and decode the same pixels',
  async (_, make) => {
    const plain = await make();
    const file = await embedRecipe(plain, RECIPE, 'output');
    const { xmpAsString } = await sharp(file).metadata();
    expect(xmpAsString).toContain('<rdf:li xml:lang="x-default">a pier &amp; "two" &lt;boats&gt;');
    expect((await pixels(file)).equals(await pixels(plain))).toBe(true);
  },
);

test.each(FILES.slice(0, 6))('%s: what the file said before is kept beside it', async (_, make) => {
  const theirs =
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="r"><rdf:Description a:b="theirs"/></rdf:RDF></x:xmpmeta>';
  const format = await sharp(await make()).metadata();
  const plain = await sharp(await make(), { failOn: 'error' })
    .withXmp(theirs)
    .toFormat(format.format === 'jpeg' ? 'jpeg' : format.format === 'png' ? 'png' : 'webp')
    .toBuffer();
  const file = await embedRecipe(plain, RECIPE, 'output');
  expect((await sharp(file).metadata()).xmpAsString).toContain('theirs');
  expect((await prepareMedia(file, { field: 'data' })).embedded).toMatchObject(back);
});

test('a simple WebP gets the header that announces the packet', async () => {
  const once = await embedRecipe(await picture().webp().toBuffer(), RECIPE, 'output');
  const types = readWebp(once)?.map(({ type }) => type);
  expect(types).toEqual(['VP8X', 'VP8 ', 'XMP ']);
  expect(Buffer.compare(writeWebp(readWebp(once) ?? []), once)).toBe(0);
});

test('a recipe that no segment of JPEG holds goes without its description, or not at all', async () => {
  const plain = await picture().jpeg().toBuffer();
  const long = { ...RECIPE, prompt: '蓮'.repeat(8000) };
  const file = await embedRecipe(
    plain,
    { ...long, settings: { negativePrompt: '蓮'.repeat(8000) } },
    'output',
  );
  const read = await prepareMedia(file, { field: 'data' });
  expect(read.embedded?.prompt).toBe(long.prompt);
  const more = { ...long, settings: { negativePrompt: '蓮'.repeat(8000), searchContext: '蓮'.repeat(8000) } };
  expect(await embedRecipe(plain, more, 'output')).toBe(plain);
});

test('a format without a place for it stays as it is', async () => {
  const gif = await picture().gif().toBuffer();
  expect(await embedRecipe(gif, RECIPE, 'output')).toBe(gif);
  const webm = (await filmWebm()) ?? gif;
  expect(await embedRecipe(webm, RECIPE, 'output')).toBe(webm);
});

test('a broken file of ours is handed on as it is', async () => {
  const png = await picture().png().toBuffer();
  const jpeg = await picture().jpeg().toBuffer();
  const webp = await picture().webp().toBuffer();
  const files = [png, jpeg, webp, await film()].flatMap((whole) =>
    [12, 20, 30, 45, 60].map((length) => whole.subarray(0, length)),
  );
  const outcomes = await Promise.allSettled(files.map((file) => embedRecipe(file, RECIPE, 'output')));
  const defects = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' && !(outcome.reason instanceof AppError) ? [outcome.reason] : [],
  );
  expect(defects).toEqual([]);
  expect(
    await embedRecipe(Buffer.concat([png.subarray(0, 8), pngChunk('IEND', new Uint8Array())]), RECIPE, 'x'),
  ).toBeDefined();
});

test('only what is plain travels, and only a recipe of ours is believed', () => {
  expect(portableSettings({ aspect: '1:1', fps: 24, demo: { slowMs: 5 }, deep: [['a']] })).toEqual({
    aspect: '1:1',
    fps: 24,
  });
  const packet = writePacket(RECIPE, null, true);
  const asAttribute = `<rdf:Description afterimage:recipe="${packet
    .slice(packet.indexOf('<afterimage:recipe>') + 19, packet.indexOf('</afterimage:recipe>'))
    .replaceAll('"', '&quot;')}"/>`;
  expect(parseOwn(asAttribute)).toMatchObject(back);
  for (const bad of [
    { ...RECIPE, seed: -1 },
    { ...RECIPE, settings: { a: { b: 1 } } },
    { ...RECIPE, version: 2 },
    [],
    7,
  ]) {
    const json = JSON.stringify(bad).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    expect(parseOwn(`<afterimage:recipe>${json}</afterimage:recipe>`)).toBeNull();
  }
  expect(parseOwn('<afterimage:recipe>')).toBeNull();
});
