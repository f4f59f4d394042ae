import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareMedia } from './prepare.ts';
import { CONTAINERS, filmMp4, filmWebm, paint, pixelAt, remux, soundMp4 } from './sample-media.ts';
import { readVideo } from './video.ts';

const prepare = (source: Uint8Array | string, poster?: Uint8Array) =>
  prepareMedia(source, { field: 'upload', poster });

const decoder = await import('@napi-rs/webcodecs').catch(() => null);

describe('videos', () => {
  let film: Uint8Array;
  beforeAll(async () => {
    film = await filmMp4();
  });

  it('are told, measured and hashed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'afterimage-ingest-'));
    await writeFile(join(folder, 'film'), film);
    const fromBytes = await prepare(film);
    expect(fromBytes).toMatchObject({
      kind: 'video',
      mime: 'video/mp4',
      width: 160,
      height: 96,
      durationMs: 1000,
      bytes: film.byteLength,
      sha256: createHash('sha256').update(film).digest('hex'),
    });
    expect(await prepare(join(folder, 'film'))).toEqual(fromBytes);
    await rm(folder, { recursive: true });
  });

  it.each(Object.entries(CONTAINERS))('are read from %s', async (name, format) => {
    const prepared = await prepare(await remux(film, format()));
    const mime = name === 'mov' ? 'video/quicktime' : 'video/mp4';
    expect(prepared).toMatchObject({ kind: 'video', mime, width: 160, height: 96, durationMs: 1000 });
  });

  it.skipIf(!decoder)('are read from WebM', async () => {
    const webm = (await filmWebm()) ?? new Uint8Array();
    const prepared = await prepare(webm);
    expect(prepared).toMatchObject({
      kind: 'video',
      mime: 'video/webm',
      width: 160,
      height: 96,
      durationMs: 1000,
    });
    expect(prepared.files.map(({ role }) => role)).toEqual(['poster', 'thumb']);
  });

  it('take the poster that comes along', async () => {
    const poster = await paint(1600, 960).png().toBuffer();
    const prepared = await prepare(film, poster);
    expect(prepared).toMatchObject({ width: 160, height: 96 });
    expect(prepared.thumbhash).toBeTruthy();
    expect(prepared.files).toMatchObject([
      { role: 'poster', mime: 'image/webp', width: 1280, height: 768 },
      { role: 'thumb', mime: 'image/webp', width: 384, height: 230 },
    ]);
  });

  describe.skipIf(!decoder)('with a decoder', () => {
    it('get their first frame as poster', async () => {
      const { files, thumbhash } = await prepare(film);
      expect(thumbhash).toBeTruthy();
      expect(files).toMatchObject([
        { role: 'poster', width: 160, height: 96 },
        { role: 'thumb', width: 160, height: 96 },
      ]);
      const [poster] = files;
      if (!poster) throw new Error('no poster');
      const [red = 0, , blue = 0] = await pixelAt(poster.bytes, 40, 48);
      expect(red - blue).toBeGreaterThan(100);
      const [otherRed = 0, , otherBlue = 0] = await pixelAt(poster.bytes, 120, 48);
      expect(otherBlue - otherRed).toBeGreaterThan(100);
    });

    it.each([
      ['one key frame', {}],
      ['a key frame every few frames', { group: 3 }],
    ])('show a picture on their poster although they begin in the dark, with %s', async (_, keys) => {
      const { files } = await prepare(await filmMp4(160, 96, { dark: 5, ...keys }));
      const [poster] = files;
      if (!poster) throw new Error('no poster');
      const [red = 0, , blue = 0] = await pixelAt(poster.bytes, 40, 48);
      expect(red - blue).toBeGreaterThan(80);
    });

    it('have a poster when they are dark from end to end', async () => {
      const { files } = await prepare(await filmMp4(160, 96, { dark: 12 }));
      expect(files.map(({ role }) => role)).toEqual(['poster', 'thumb']);
    });

    it('get it turned as the file asks', async () => {
      const prepared = await prepare(await remux(film, CONTAINERS.mp4(), 90));
      expect(prepared).toMatchObject({ width: 96, height: 160 });
      const [poster] = prepared.files;
      if (!poster) throw new Error('no poster');
      expect(poster).toMatchObject({ width: 96, height: 160 });
      // Turned clockwise, the left half is on top.
      const [red = 0, , blue = 0] = await pixelAt(poster.bytes, 40, 40);
      expect(red - blue).toBeGreaterThan(100);
      const [otherRed = 0, , otherBlue = 0] = await pixelAt(poster.bytes, 40, 120);
      expect(otherBlue - otherRed).toBeGreaterThan(100);
    });

    it('get it in place of a poster that cannot be read', async () => {
      const { files } = await prepare(film, Buffer.from('no picture'));
      expect(files.map(({ role }) => role)).toEqual(['poster', 'thumb']);
    });
  });

  it('are refused when they were cut, wherever their index is', async () => {
    const streamed = await remux(film, CONTAINERS.mp4());
    const fragmented = await remux(film, CONTAINERS['fragmented mp4']());
    const webm = await filmWebm();
    for (const whole of [film, streamed, fragmented, ...(webm ? [webm] : [])]) {
      for (const size of [40, whole.byteLength >> 1, whole.byteLength - 1]) {
        await expect(prepare(whole.subarray(0, size))).rejects.toMatchObject({
          code: 'BAD_INPUT',
          field: 'upload',
        });
      }
    }
  });

  it('are refused without a picture in them', async () => {
    await expect(prepare(await soundMp4())).rejects.toMatchObject({
      code: 'BAD_INPUT',
      field: 'upload',
      message: expect.stringContaining('only sound'),
    });
  });

  it('are refused when their index points beyond them', async () => {
    const lying = Buffer.from(await remux(film, CONTAINERS.mp4()));
    const offsets = lying.indexOf('stco') + 12;
    lying.writeUInt32BE(lying.byteLength + 1000, offsets);
    await expect(prepare(lying)).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'upload' });
  });

  it('are refused when they are a header and noise', async () => {
    const noise = Buffer.concat([film.subarray(0, 32), Buffer.alloc(5000, 'noise')]);
    await expect(prepare(noise)).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'upload' });
  });

  it('of too many pixels are refused', async () => {
    const huge = Buffer.from(await remux(film, CONTAINERS.mp4()));
    const sample = huge.indexOf('avc1', huge.indexOf('stsd'));
    huge.writeUInt16BE(60_000, sample + 28);
    huge.writeUInt16BE(60_000, sample + 30);
    await expect(prepare(huge)).rejects.toMatchObject({ code: 'TOO_LARGE', field: 'upload' });
  });

  it.each([
    ['before it knew anything', '', 'refused'],
    [
      'while it decoded',
      "await send({ type: 'facts', facts: { width: 9, height: 9, durationMs: 1 } });",
      'kept',
    ],
  ])('do no harm when their reader crashes %s', async (_, before, outcome) => {
    const folder = await mkdtemp(join(tmpdir(), 'afterimage-ingest-'));
    const program = join(folder, 'reader.mjs');
    await writeFile(
      program,
      `const send = (message) => new Promise((sent) => process.send(message, sent));
       ${before}
       process.abort();`,
    );
    const reading = readVideo(film, 'upload', true, program).then(
      ({ facts, frame }) => ({ outcome: 'kept', width: facts.width, frame }),
      (error: unknown) => ({ outcome: 'refused', error }),
    );
    expect(await reading).toMatchObject(
      outcome === 'kept'
        ? { outcome, width: 9, frame: null }
        : { outcome, error: { code: 'BAD_INPUT', field: 'upload' } },
    );
    await rm(folder, { recursive: true });
  });
});
