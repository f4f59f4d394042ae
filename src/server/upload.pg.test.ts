import { expect, test } from 'vitest';
import { UploadId } from '#core/media.ts';
import { MAX_UPLOAD_BYTES } from '#core/upload.ts';
import { filmMp4 } from './ingest/sample-media.ts';
import { saveMedia } from './media/save.ts';
import { watchHeldMemory } from './testing/held-memory.ts';
import { ledgerOf, PIXEL } from './testing/objects.ts';
import { newGuest, useTestServer } from './testing/server.ts';
import { putUpload } from './upload.ts';

const server = useTestServer();

const pixel = Buffer.from(PIXEL, 'base64');
const newUploadId = () => UploadId.parse(crypto.randomUUID());

test('the same upload sent several times at once is kept once', async () => {
  const guest = await newGuest(server());
  const id = newUploadId();
  const allSend = Promise.withResolvers<void>();
  let senders = 0;
  async function* together() {
    senders += 1;
    if (senders === 5) allSend.resolve();
    await allSend.promise;
    yield pixel;
  }
  const sent = await Promise.all(Array.from({ length: 5 }, () => putUpload(guest, id, together())));
  for (const answer of sent) expect(answer).toEqual({ id, bytes: pixel.byteLength });
  const states = (await ledgerOf(server(), id)).map((row) => row.state);
  expect(states.sort()).toEqual(['doomed', 'doomed', 'doomed', 'doomed', 'staged']);
});

test("nothing that a stranger sends under the id of an upload touches its owner's bytes", async () => {
  const [owner, stranger] = [await newGuest(server()), await newGuest(server())];
  const upload = newUploadId();
  await putUpload(owner, upload, pixel);
  await expect(putUpload(stranger, upload, new Uint8Array())).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(putUpload(stranger, upload, pixel)).rejects.toMatchObject({ code: 'CONFLICT', field: 'id' });
  const states = (await ledgerOf(server(), upload)).map((row) => row.state).sort();
  expect(states).toEqual(['doomed', 'staged', 'staged']);
  expect(await saveMedia(owner, { upload })).toMatchObject({ bytes: pixel.byteLength });
});

test('a large film goes from the wire to its record without being held in memory', async () => {
  const guest = await newGuest(server());
  const id = newUploadId();
  const film = await filmMp4();
  const padding = 96 * 1024 * 1024;
  const piece = Buffer.alloc(1024 * 1024);
  async function* large() {
    yield film;
    // ISO 14496-12: a box of type free is skipped by every reader.
    yield Buffer.from([(padding + 8) >>> 24, ((padding + 8) >>> 16) & 255, 0, 8]);
    yield Buffer.from('free');
    for (let sent = 0; sent < padding; sent += piece.byteLength) yield piece;
  }
  const memory = watchHeldMemory();
  await putUpload(guest, id, large());
  const saved = await saveMedia(guest, { upload: id });
  expect(memory.stop()).toBeLessThan(padding / 2);
  expect(saved).toMatchObject({ kind: 'video', bytes: film.byteLength + padding + 8 });
});

test('an upload that breaks off or is too large can be sent again', async () => {
  const guest = await newGuest(server());
  const id = newUploadId();
  async function* breakingOff() {
    yield pixel.subarray(0, 30);
    throw new Error('the sender left');
  }
  await expect(putUpload(guest, id, breakingOff())).rejects.toThrow('the sender left');
  const small = {
    ...guest,
    storage: {
      ...guest.storage,
      put: (...[key, body, options]: Parameters<typeof guest.storage.put>) => {
        expect(options.maxBytes).toBe(MAX_UPLOAD_BYTES);
        return guest.storage.put(key, body, { ...options, maxBytes: 10 });
      },
    },
  };
  await expect(putUpload(small, id, pixel)).rejects.toMatchObject({ code: 'TOO_LARGE' });
  expect(await putUpload(guest, id, pixel)).toEqual({ id, bytes: pixel.byteLength });
});
