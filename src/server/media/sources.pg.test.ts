import { execFileSync } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { uuidv7 } from 'uuidv7';
import { MediaId, UploadId, type SourceInput } from '#core/media.ts';
import { useElsewhere } from '../fetch/testing/elsewhere.ts';
import { HOST } from '../fetch/testing/stand-in.ts';
import { filmMp4, paint } from '../ingest/sample-media.ts';
import { sweepStorage } from '../ledger.ts';
import { exportLibrary } from '../privacy/export.ts';
import { Jar } from '../testing/api.ts';
import { claimInto, newSignIn } from '../testing/claim.ts';
import { keysOfLibrary, keysOnDisk, PIXEL } from '../testing/objects.ts';
import { newLibrary, useTestServer, type Guest } from '../testing/server.ts';
import { putUpload } from '../upload.ts';
import { purgeMedia } from './change.ts';
import { getMedia, getMediaFile } from './read.ts';
import { saveLink } from './save-link.ts';
import { saveMedia } from './save.ts';

const server = useTestServer();
const there = useElsewhere(server);
const newPainter = there.newGuest;
let pictures: Buffer[];

beforeAll(async () => {
  pictures = await Promise.all([40, 50, 60, 70].map((width) => paint(width, 30).png().toBuffer()));
});
beforeEach(() => there.serve('/source.png', picture(2)));

function picture(index: number): Buffer {
  const found = pictures[index];
  if (!found) throw new Error(`no picture ${index}`);
  return found;
}

const newUpload = async (guest: Guest, bytes: Buffer): Promise<UploadId> => {
  const id = UploadId.parse(uuidv7());
  await putUpload(guest, id, new Blob([new Uint8Array(bytes)]).stream());
  return id;
};

const edit = (guest: Guest, named: SourceInput[], id = MediaId.parse(uuidv7())) =>
  saveMedia(guest, { id, data: PIXEL }, { named, network: null });

/** As its owner reads it over the byte route. */
async function readSources({ token }: Guest, urls: readonly string[] = []) {
  globalThis.afterimageServer = Promise.resolve(server());
  const jar = new Jar();
  jar.cookies.set('guest', token);
  const answers = await Promise.all(urls.map((url) => jar.fetch(url)));
  globalThis.afterimageServer = undefined;
  return Promise.all(
    answers.map(async (answer) => ({
      status: answer.status,
      disposition: answer.headers.get('content-disposition')?.split(';')[0],
      bytes: Buffer.from(await answer.arrayBuffer()),
    })),
  );
}

test('four images, each brought in another way, are copied byte for byte and listed in their order', async () => {
  const guest = await newPainter();
  const parent = await saveMedia(guest, { data: picture(3).toString('base64') });
  const upload = await newUpload(guest, picture(1));
  const child = await edit(guest, [
    { data: `data:image/png;base64,${picture(0).toString('base64')}` },
    { upload },
    { url: `https://${HOST}/source.png` },
    { media: parent.id },
  ]);
  expect(child.urls.sources).toEqual([1, 2, 3, 4].map((n) => `/media/${child.id}/source-${n}`));
  expect(await getMedia(guest, child.id)).toEqual(child);
  const read = await readSources(guest, child.urls.sources);
  expect(read.map(({ status, disposition }) => [status, disposition])).toEqual(
    Array.from({ length: 4 }, () => [200, 'attachment']),
  );
  expect(read.map(({ bytes }, index) => bytes.equals(picture(index)))).toEqual([true, true, true, true]);
  await expect(edit(guest, [{ upload }])).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'sources.0' });
  expect(parent.urls.sources).toBeUndefined();
});

test('a source outlives what it was copied from, and goes with the item that holds it', async () => {
  const guest = await newPainter();
  await sweepStorage(server(), -1);
  const before = await keysOnDisk(server());
  const parent = await saveMedia(guest, { data: picture(0).toString('base64') });
  const child = await edit(guest, [{ media: parent.id }]);
  const grandchild = await edit(guest, [{ media: child.id }]);
  await purgeMedia(guest, { ids: [parent.id] });
  await sweepStorage(server(), -1);
  const [source] = await readSources(guest, child.urls.sources);
  expect(source?.bytes.equals(picture(0))).toBe(true);
  await purgeMedia(guest, { ids: [child.id, grandchild.id] });
  await sweepStorage(server(), -1);
  expect(await keysOnDisk(server())).toEqual(before);
});

test('what cannot be a source names itself, and nothing of the item is kept', async () => {
  const [guest, other] = [await newPainter(), await newPainter()];
  const theirs = await saveMedia(other, { data: PIXEL });
  const film = Buffer.from(await filmMp4()).toString('base64');
  await sweepStorage(server(), -1);
  const before = await keysOnDisk(server());
  const good = { data: PIXEL };
  const cases: [SourceInput, string, RegExp][] = [
    [{ media: theirs.id }, 'NOT_FOUND', /^No such file in this library\.$/],
    [{ media: MediaId.parse(uuidv7()) }, 'NOT_FOUND', /^No such file in this library\.$/],
    [{ upload: UploadId.parse(uuidv7()) }, 'NOT_FOUND', /upload/],
    [{ data: film }, 'BAD_INPUT', /video/],
    [{ data: picture(0).subarray(0, 60).toString('base64') }, 'BAD_INPUT', /damaged/],
    [{ url: 'https://10.0.0.1/a.png' }, 'LINK_REFUSED', /public/],
    [{ url: `https://${HOST}/gone` }, 'LINK_DEAD', /404/],
  ];
  for (const [source, code, message] of cases) {
    await expect(edit(guest, [good, source])).rejects.toMatchObject({
      code,
      field: 'sources.1',
      message: expect.stringMatching(message),
    });
  }
  // Not by age: what was copied in vain is let go of at once.
  await sweepStorage(server());
  expect(await keysOnDisk(server())).toEqual(before);
});

test('an item saved twice at once keeps the sources of one, and no others', async () => {
  const guest = await newPainter();
  await sweepStorage(server(), -1);
  const before = await keysOnDisk(server());
  const id = MediaId.parse(uuidv7());
  const both = await Promise.all([edit(guest, [{ data: PIXEL }], id), edit(guest, [{ data: PIXEL }], id)]);
  expect(both[0]).toEqual(both[1]);
  expect(both[0]?.urls.sources).toHaveLength(1);
  await sweepStorage(server(), -1);
  expect(await keysOnDisk(server())).toEqual([...before, ...(await keysOfLibrary(guest))].sort());
});

test('an item that comes by link has sources too', async () => {
  const guest = await newPainter();
  const saved = await saveLink(guest, { url: `https://${HOST}/source.png` }, null, [{ data: PIXEL }]);
  expect(saved).toMatchObject({ origin: 'imported', urls: { sources: [`/media/${saved.id}/source-1`] } });
});

test('a claim takes sources along', async () => {
  const guest = await newPainter();
  const child = await edit(guest, [{ data: picture(0).toString('base64') }]);
  const signIn = await newSignIn(server());
  const own = await newLibrary(server(), signIn);
  await saveMedia(own, { data: PIXEL });
  await claimInto(guest, signIn);
  const { key } = await getMediaFile(own, child.id, 'source-1');
  expect(await server().storage.head(key)).toEqual({ bytes: picture(0).byteLength });
});

test('an export holds the sources beside the item', async () => {
  const guest = await newPainter();
  const child = await edit(guest, [
    { data: picture(0).toString('base64') },
    { data: picture(1).toString('base64') },
  ]);
  const input = await buffer(exportLibrary(guest));
  const list =
    'import io,json,sys,zipfile\nz=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))\n' +
    'print(json.dumps({n: z.read(n).hex() if n.endswith(".png") else z.read(n).decode() for n in z.namelist()}))';
  const files: Record<string, string> = JSON.parse(
    execFileSync('python3', ['-c', list], { input, encoding: 'utf8' }),
  );
  const sources = Object.keys(files).filter((name) => /-source-\d\.png$/.test(name));
  expect(sources).toHaveLength(2);
  expect(sources.map((name) => files[name])).toEqual(
    [picture(0), picture(1)].map((bytes) => bytes.toString('hex')),
  );
  const sidecar = Object.keys(files).find((name) => name.endsWith(`${child.id}.json`));
  expect(JSON.parse(files[sidecar ?? ''] ?? '')).toMatchObject({ id: child.id, sources });
  expect(files).not.toHaveProperty(['failed.json']);
});

test('over the API: at most four, each named in one way, each upload once', async () => {
  const guest = await newPainter();
  globalThis.afterimageServer = Promise.resolve(server());
  const jar = new Jar();
  jar.cookies.set('guest', guest.token);
  const saved = await jar.json('/api/v1/media', { json: { data: PIXEL, sources: [{ data: PIXEL }] } });
  expect(saved).toMatchObject({ status: 201, body: { urls: { sources: [expect.any(String)] } } });
  const upload = uuidv7();
  for (const sources of [
    Array.from({ length: 5 }, () => ({ data: PIXEL })),
    [{}],
    [{ data: PIXEL, media: saved.body.id }],
    [{ upload }, { upload }],
  ]) {
    const { status, body } = await jar.json('/api/v1/media', { json: { data: PIXEL, sources } });
    expect({ status, error: body.error }).toMatchObject({ status: 400, error: { code: 'BAD_INPUT' } });
    expect(body.error?.field).toMatch(/^sources/);
  }
  globalThis.afterimageServer = undefined;
});
