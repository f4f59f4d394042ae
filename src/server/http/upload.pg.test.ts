import { randomBytes } from 'node:crypto';
import { readdir, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { UploadId } from '#core/media.ts';
import { MAX_UPLOAD_BYTES } from '#core/upload.ts';
import { saveMedia } from '../media/save.ts';
import { paint } from '../ingest/sample-media.ts';
import { Jar } from '../testing/api.ts';
import { newGuest, newUser, signInAs, useTestServer, type Guest } from '../testing/server.ts';
import { revokeSessions } from '../auth/sessions.ts';
import { asServer } from '../db/doors.ts';
import { handleUpload } from './upload.ts';
import { appendUpload, findOffset, readUpload } from '../upload.ts';

const server = useTestServer();
const newUpload = () => UploadId.parse(crypto.randomUUID());

let guest: Guest;
let jar: Jar;
let picture: Buffer;
beforeAll(async () => {
  globalThis.afterimageServer = Promise.resolve(server());
  picture = await paint(300, 200).png().toBuffer();
});
beforeEach(async () => {
  guest = await newGuest(server());
  jar = new Jar();
  jar.cookies.set('guest', guest.token);
});
afterAll(() => {
  globalThis.afterimageServer = undefined;
});

const headers = (offset: number | string, length: number | string = picture.byteLength) => ({
  'content-type': 'application/octet-stream',
  'upload-offset': String(offset),
  'upload-length': String(length),
});
const send = (id: string, offset: number, bytes: Buffer, length?: number) =>
  jar.fetch(`/api/v1/uploads/${id}`, {
    method: 'PATCH',
    body: new Uint8Array(bytes),
    headers: headers(offset, length),
  });
const offsetOf = async (id: string, by = jar) => {
  const response = await by.fetch(`/api/v1/uploads/${id}`, { method: 'HEAD' });
  return [response.status, response.headers.get('upload-offset'), response.headers.get('upload-via')];
};

test('a file that comes in parts is kept whole, and can be asked how far it is', async () => {
  const id = newUpload();
  expect(await offsetOf(id)).toEqual([200, '0', null]);
  const first = await send(id, 0, picture.subarray(0, 100));
  expect([first.status, first.headers.get('upload-offset')]).toEqual([200, '100']);
  expect(await offsetOf(id)).toEqual([200, '100', null]);
  const last = await send(id, 100, picture.subarray(100));
  expect([last.status, await last.json()]).toEqual([201, { id, bytes: picture.byteLength }]);
  expect(await offsetOf(id)).toEqual([200, String(picture.byteLength), null]);
  expect((await send(id, picture.byteLength, Buffer.alloc(0))).status).toBe(201);
  expect(await saveMedia(guest, { upload: id })).toMatchObject({ width: 300, bytes: picture.byteLength });
});

test('what came before the connection broke stays, and a new one takes over from one that hangs', async () => {
  const id = newUpload();
  const part = { offset: 0, length: picture.byteLength };
  async function* breaking() {
    yield picture.subarray(0, 70);
    throw new Error('the sender left');
  }
  await expect(appendUpload(guest, id, { ...part, body: breaking() })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    field: 'body',
  });
  expect(await findOffset(guest, id)).toBe(70);

  const begun = Promise.withResolvers<void>();
  async function* hanging() {
    yield picture.subarray(70, 90);
    begun.resolve();
    await new Promise(() => {});
  }
  const hung = appendUpload(guest, id, { ...part, offset: 70, body: hanging() });
  hung.catch(() => {});
  await begun.promise;
  expect(await offsetOf(id)).toEqual([200, '90', null]);
  await expect(hung).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await send(id, 90, picture.subarray(90))).status).toBe(201);
  expect(await saveMedia(guest, { upload: id })).toMatchObject({ width: 300 });
});

test('senders of one file take turns, however close they come', async () => {
  const film = randomBytes(picture.byteLength);
  for (let round = 0; round < 10; round += 1) {
    const id = newUpload();
    const answers = await Promise.all([0, 0, 0].map((offset) => send(id, offset, film)));
    for (const { status } of answers) expect([201, 409]).toContain(status);
    const [, offset] = await offsetOf(id);
    const rest = await send(id, Number(offset), film.subarray(Number(offset)));
    expect([rest.status, await rest.json()]).toEqual([201, { id, bytes: film.byteLength }]);
    const key = (await readUpload(guest, id))?.key;
    const kept = key && (await server().storage.get(key));
    expect(Buffer.from(await new Response(kept?.stream).arrayBuffer()).equals(film)).toBe(true);
  }
});

test('a sender who leaves is no fault of the server, and its file can be sent again', async () => {
  const id = newUpload();
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1;
      if (sent === 1) controller.enqueue(new Uint8Array(picture.subarray(0, 70)));
      else controller.error(new Error('aborted'));
    },
  });
  const url = `http://localhost:3000/api/v1/uploads/${id}`;
  const cookie = `guest=${guest.token}`;
  const asked = {
    method: 'PUT',
    body,
    duplex: 'half',
    headers: { ...headers(0), cookie, 'content-length': String(picture.byteLength) },
  };
  const answer = await handleUpload(new Request(url, asked), id);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    error: { field: 'body', message: expect.stringContaining('The connection broke off.') },
  });
  expect((await send(id, 0, picture)).status).toBe(201);
});

test('of several requests that save one upload, one does and the others are told', async () => {
  const id = newUpload();
  await send(id, 0, picture);
  const saves = await Promise.all(
    Array.from({ length: 4 }, () => jar.fetch('/api/v1/media', { json: { upload: id } })),
  );
  const statuses = saves.map(({ status }) => status).sort((a, b) => a - b);
  expect(statuses[0]).toBe(201);
  for (const status of statuses.slice(1)) expect([404, 409]).toContain(status);
});

test('a session that has ended takes nothing, and makes nobody a guest', async () => {
  const user = await newUser(server());
  const [signedIn, erased] = [new Jar(), new Jar()];
  signedIn.cookies.set(...(await signInAs(server(), user)));
  await asServer(server(), (tx) => revokeSessions(tx, new Date(), user.userId, null));
  erased.cookies.set('guest', (await newGuest(server())).token.replace(/^..../, 'AAAA'));
  for (const dead of [signedIn, erased]) {
    const put = { method: 'PUT', body: new Uint8Array(picture), headers: headers(0) };
    for (const answer of [
      await dead.fetch(`/api/v1/uploads/${newUpload()}`, put),
      await dead.fetch('/api/v1/media', { json: { data: picture.toString('base64') } }),
    ]) {
      expect([answer.status, await answer.json()]).toMatchObject([
        401,
        { error: { code: 'SIGN_IN_REQUIRED' } },
      ]);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    // Who begins anew says so.
    expect((await dead.fetch('/api/trpc/guest.ensure', { json: {} })).status).toBe(200);
  }
});

test('a part that does not begin where the last ended changes nothing', async () => {
  const id = newUpload();
  await send(id, 0, picture.subarray(0, 50));
  for (const offset of [0, 49, 51]) {
    const refused = await send(id, offset, picture.subarray(offset));
    expect([refused.status, await refused.json()]).toMatchObject([409, { error: { code: 'CONFLICT' } }]);
  }
  expect(await offsetOf(id)).toEqual([200, '50', null]);
  expect((await send(id, 50, picture.subarray(50))).status).toBe(201);
  expect(await saveMedia(guest, { upload: id })).toMatchObject({ bytes: picture.byteLength });
});

test('more than was announced, more than is allowed, and headers that say nothing are refused', async () => {
  const id = newUpload();
  expect((await send(id, 0, picture, picture.byteLength - 1)).status).toBe(413);
  expect((await send(id, 0, picture, MAX_UPLOAD_BYTES + 1)).status).toBe(413);
  for (const [offset, length] of [
    ['', '9'],
    ['-1', '9'],
    ['0', '0'],
    ['0', '1e3'],
  ]) {
    const asked = { method: 'PATCH', body: 'x', headers: headers(offset ?? '', length) };
    expect((await jar.fetch(`/api/v1/uploads/${newUpload()}`, asked)).status).toBe(400);
  }
  const typed = { ...headers(0), 'content-type': 'image/png' };
  const refused = await jar.fetch(`/api/v1/uploads/${id}`, { method: 'PATCH', body: 'x', headers: typed });
  expect(refused.status).toBe(415);
});

test('nobody else meets a part, or makes a guest by asking', async () => {
  const id = newUpload();
  await send(id, 0, picture.subarray(0, 50));
  const nobody = new Jar();
  expect(await offsetOf(id, nobody)).toEqual([200, '0', null]);
  expect(nobody.cookies.size).toBe(0);
  const stranger = new Jar();
  stranger.cookies.set('guest', (await newGuest(server())).token);
  expect(await offsetOf(id, stranger)).toEqual([200, '0', null]);
  const body = new Uint8Array(randomBytes(20));
  const sent = await stranger.fetch(`/api/v1/uploads/${id}`, {
    method: 'PATCH',
    body,
    headers: headers(0, 99),
  });
  expect(sent.status).toBe(200);
  expect(await offsetOf(id)).toEqual([200, '50', null]);
});

test('what nobody finishes is let go after an hour', async () => {
  const { parts } = server();
  const [old, young] = [newUpload(), newUpload()];
  for (const id of [old, young]) await send(id, 0, picture.subarray(0, 50));
  const path = await parts.withFile(guest.library, old, async (file) => file.path);
  const before = (await readdir(dirname(path))).length;
  const hoursAgo = Date.now() / 1000 - 7200;
  await utimes(path, hoursAgo, hoursAgo);
  await parts.sweep(3_600_000);
  expect(await readdir(dirname(path))).toHaveLength(before - 1);
  expect([await offsetOf(old), await offsetOf(young)]).toEqual([
    [200, '0', null],
    [200, '50', null],
  ]);
});
