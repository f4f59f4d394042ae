import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { UploadId } from '#core/media.ts';
import { MAX_UPLOAD_BYTES } from '#core/upload.ts';
import { log } from '../log.ts';
import { saveMedia } from '../media/save.ts';
import { addressesOf, callBack, openUploadThing, UPLOADTHING_TOKEN } from '../storage/testing/uploadthing.ts';
import type { StoreFault } from '../storage/testing/faults.ts';
import { openStandIn, type StandIn } from '../storage/testing/stand-in.ts';
import { createUploadThingStorage } from '../storage/uploadthing.ts';
import { ledgerOf, PIXEL } from '../testing/objects.ts';
import { newGuest, useTestServer, type Guest } from '../testing/server.ts';
import { createBrowserUploads, handleBrowserUpload } from './browser-upload.ts';

const server = useTestServer();
const pixel = Buffer.from(PIXEL, 'base64');
const Presigned = z.array(z.object({ url: z.string(), key: z.string() }));

const Answer = z.object({ serverData: z.unknown() });

const newUpload = () => UploadId.parse(crypto.randomUUID());

type Handle = (request: Request) => Promise<Response>;

describe('a browser that uploads to UploadThing', () => {
  let vendor: Awaited<ReturnType<typeof openUploadThing>>;
  let app: StandIn;
  let folder: string;
  let owner: Guest;

  beforeAll(async () => {
    vendor = await openUploadThing();
    folder = await mkdtemp(join(tmpdir(), 'afterimage-drafts-'));
    const settings = { token: UPLOADTHING_TOKEN, acl: 'private' as const };
    const storage = await createUploadThingStorage({ ...settings, ...addressesOf(vendor) }, { folder });
    globalThis.afterimageServer = Promise.resolve({ ...server(), storage });
    const handle: { current?: Handle } = {};
    app = await openStandIn(async ({ request, response, url, body }) => {
      const headers = new Headers(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      const answer = await handle.current?.(
        new Request(url, { method: 'POST', headers, body: new Uint8Array(body) }),
      );
      if (!answer) throw new Error('asked before the route was made');
      response.writeHead(answer.status, [...answer.headers].flat()).end(await answer.text());
    });
    const callbackUrl = `${app.origin}/api/uploadthing`;
    handle.current = createBrowserUploads({ ...settings, callbackUrl, ingestUrl: vendor.origin });
  });
  beforeEach(async () => {
    owner = {
      ...(await newGuest(server())),
      storage: (await globalThis.afterimageServer)?.storage ?? server().storage,
    };
  });
  afterEach(() => {
    vendor.fault = null;
    vendor.sent.length = 0;
  });
  afterAll(async () => {
    globalThis.afterimageServer = undefined;
    await app.close();
    await vendor.close();
    await rm(folder, { recursive: true });
  });

  const ask = (upload: string, headers: Record<string, string> = {}, size = pixel.byteLength) =>
    fetch(`${app.origin}/api/uploadthing?actionType=upload&slug=original`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: `guest=${owner.token}`, ...headers },
      body: JSON.stringify({
        files: [{ name: 'a.png', size, type: 'image/png' }],
        input: { upload, library: 'of somebody else' },
      }),
    });

  /** @returns What the app had the vendor tell the browser. */
  async function send(upload: string): Promise<unknown> {
    const [presigned] = Presigned.parse(await (await ask(upload)).json());
    const form = new FormData();
    form.append('file', new File([pixel], 'a.png', { type: 'image/png' }));
    // The address is asked for and registered at once; a browser is never as fast as this test.
    let answer: Response | undefined;
    await expect
      .poll(async () => (answer = await fetch(presigned?.url ?? '', { method: 'PUT', body: form })).status)
      .toBe(200);
    return Answer.parse(await answer?.json()).serverData;
  }

  test('owns what arrived, read back, and can save it', async () => {
    const upload = newUpload();
    expect(await send(upload)).toEqual({ isKept: true });
    expect(await ledgerOf(server(), upload)).toMatchObject([{ state: 'staged', bytes: pixel.byteLength }]);
    const stranger = { ...(await newGuest(server())), storage: owner.storage };
    await expect(saveMedia(stranger, { upload })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await saveMedia(owner, { upload })).toMatchObject({ bytes: pixel.byteLength, mime: 'image/png' });
  });

  test('loses nothing when the arrival is said again, before and after the save', async () => {
    const upload = newUpload();
    await send(upload);
    const [payload = ''] = vendor.sent;
    const again = async () => {
      const callbackUrl = `${app.origin}/api/uploadthing?slug=original`;
      expect((await callBack({ callbackUrl }, payload)).status).toBe(200);
    };
    await again();
    await saveMedia(owner, { upload });
    const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
    await again();
    await expect.poll(() => logged.mock.calls.length).toBe(1);
    logged.mockRestore();
    expect((await ledgerOf(server(), upload)).map(({ state }) => state)).toEqual(['live']);
  });

  test('is believed by nobody who does not have the key of the app', async () => {
    const upload = newUpload();
    vendor.fault = 'keeps nothing';
    const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
    await send(upload);
    logged.mockRestore();
    vendor.fault = null;
    const [payload = ''] = vendor.sent;
    const callbackUrl = `${app.origin}/api/uploadthing?slug=original`;
    const [row] = await ledgerOf(server(), upload);
    if (row) await owner.storage.put(row.key, pixel, { mime: 'image/png' });
    expect((await callBack({ callbackUrl }, payload, 'sk_live_other')).status).toBe(400);
    expect(await ledgerOf(server(), upload)).toMatchObject([{ state: 'staged', bytes: null }]);
    await expect(saveMedia(owner, { upload })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test.each<StoreFault>(['keeps nothing', 'keeps a part'])(
    'has nothing to save after a store that %s',
    async (fault) => {
      const upload = newUpload();
      const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
      vendor.fault = fault;
      expect(await send(upload)).toEqual({ isKept: false });
      expect(logged).toHaveBeenCalledOnce();
      logged.mockRestore();
      await expect(saveMedia(owner, { upload })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    },
  );

  test('is refused from a foreign page, too large, or with an id that is none', async () => {
    const upload = newUpload();
    expect(
      (await ask(upload, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })).status,
    ).toBe(403);
    expect((await ask('../x')).status).toBe(400);
    expect(await ledgerOf(server(), upload)).toEqual([]);
    expect((await ask(upload, {}, MAX_UPLOAD_BYTES + 1)).status).toBe(400);
    for (const row of await ledgerOf(server(), upload))
      expect(row).toMatchObject({ state: 'staged', bytes: null });
  });

  test('becomes a guest by it, as by any first write', async () => {
    const response = await ask(newUpload(), { cookie: '' });
    expect(response.status).toBe(200);
    expect(response.headers.getSetCookie().join()).toContain('guest=');
  });

  test('finds no such route where files are elsewhere', async () => {
    const request = new Request(`${app.origin}/api/uploadthing?slug=original`, { method: 'POST' });
    expect((await handleBrowserUpload(request)).status).toBe(404);
  });
});
