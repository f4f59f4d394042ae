/**
 * A stand-in of UploadThing, built from its documented API: ingest of a signed address (PUT /{key}), the server API
 * (POST /v6/listFiles, /v6/deleteFiles), delivery of private files by signed address, by key or custom id, and for
 * browsers what a route registers of a file (POST /route-metadata), the signed callback, and its result.
 */
import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { bytesKept } from './faults.ts';
import { readForm, sendObject, type Shelved } from './shelf.ts';
import { openStandIn, sendJson, type StandIn } from './stand-in.ts';

const API_KEY = 'sk_live_test';
const APP_ID = 'app';

export const UPLOADTHING_TOKEN = Buffer.from(
  JSON.stringify({ apiKey: API_KEY, appId: APP_ID, regions: ['sea1'] }),
).toString('base64');

/** The addresses of the stand-in, in the words of the client. */
export const addressesOf = ({ origin }: StandIn) => ({
  apiUrl: origin,
  ingestUrl: `${origin}/ingest`,
  ufsHost: new URL(origin).host,
  ufsAppIdLocation: 'path' as const,
});

const Registration = z.object({
  fileKeys: z.array(z.string()),
  metadata: z.unknown(),
  callbackUrl: z.string(),
  callbackSlug: z.string(),
});
type Registered = z.infer<typeof Registration>;
const Result = z.object({ fileKey: z.string(), callbackData: z.unknown() });

/** What the service sends when a file has arrived; `origin` is where it wants the result. */
export async function callBack(
  { callbackUrl }: Pick<Registered, 'callbackUrl'>,
  payload: string,
  apiKey = API_KEY,
) {
  const signature = createHmac('sha256', apiKey).update(payload).digest('hex');
  return fetch(callbackUrl, {
    method: 'POST',
    body: payload,
    headers: {
      'content-type': 'application/json',
      'uploadthing-hook': 'callback',
      'x-uploadthing-signature': `hmac-sha256=${signature}`,
    },
  });
}

const Deletion = z.object({ customIds: z.array(z.string()) });
const Page = z.object({ limit: z.number(), offset: z.number() });

export async function openUploadThing(): Promise<StandIn & { sent: string[] }> {
  const files = new Map<string, Shelved & { key: string }>();

  const registered = new Map<string, Registered>();
  const results = new Map<string, PromiseWithResolvers<unknown>>();
  const sent: string[] = [];

  const standIn = await openStandIn(async ({ request, response, url, body, fault }) => {
    const fail = (status: number, error: string) => sendJson(response, status, { error });
    const data = (name: string) => decodeURIComponent(url.searchParams.get(`x-ut-${name}`) ?? '');

    if (url.pathname === '/ingest/route-metadata') {
      if (request.headers['x-uploadthing-api-key'] !== API_KEY) return fail(401, 'Invalid API key');
      const registration = Registration.parse(JSON.parse(body.toString()));
      for (const key of registration.fileKeys) registered.set(key, registration);
      return sendJson(response, 200, { ok: true });
    }
    if (url.pathname === '/ingest/callback-result') {
      const { fileKey, callbackData } = Result.parse(JSON.parse(body.toString()));
      results.get(fileKey)?.resolve(callbackData);
      return sendJson(response, 200, { ok: true });
    }
    if (url.pathname.startsWith('/ingest/')) {
      if (!isSigned(url)) return fail(400, 'Invalid signature');
      if (fault === 'is full') return fail(507, 'Storage limit exceeded');
      if (data('identifier') !== APP_ID || data('acl') !== 'private')
        return fail(400, 'not as the stand-in expects');
      const { bytes, mime } = await readForm(request, body);
      if (bytes.byteLength !== Number(data('file-size'))) return fail(400, 'Size mismatch');
      const key = url.pathname.slice('/ingest/'.length);
      const kept = bytesKept(fault, bytes);
      if (kept) files.set(data('custom-id'), { bytes: kept, mime, at: new Date(), key });
      const ufsUrl = `${url.origin}/a/${APP_ID}/${key}`;
      const answer = { url: ufsUrl, appUrl: ufsUrl, ufsUrl, fileHash: 'x' };
      if (data('slug') === '') return sendJson(response, 200, { ...answer, serverData: null });
      const route = registered.get(key);
      if (!route) return fail(400, 'nothing was registered for this file');
      const result = Promise.withResolvers<unknown>();
      results.set(key, result);
      const described = {
        key,
        customId: data('custom-id'),
        name: data('file-name'),
        size: bytes.byteLength,
        type: mime,
      };
      const origin = `${url.origin}/ingest`;
      const payload = JSON.stringify({
        status: 'uploaded',
        metadata: route.metadata,
        file: { ...answer, ...described },
        origin,
      });
      sent.push(payload);
      const callbackUrl = `${route.callbackUrl.split('?')[0]}?slug=${route.callbackSlug}`;
      await callBack({ callbackUrl }, payload);
      // A result that never comes is not waited for: the service gives up on it, if later.
      const given = await Promise.race([result.promise, wait(300, null)]);
      return sendJson(response, 200, { ...answer, serverData: given });
    }
    if (url.pathname.startsWith(`/a/${APP_ID}/`)) {
      if (!isSigned(url)) return fail(403, 'Invalid signature');
      const id = url.pathname.slice(`/a/${APP_ID}/`.length);
      const found = files.get(id) ?? [...files.values()].find(({ key }) => key === id);
      return sendObject(request, response, found, fault);
    }
    if (request.headers['x-uploadthing-api-key'] !== API_KEY) return fail(401, 'Invalid API key');
    if (url.pathname === '/v6/deleteFiles') {
      if (fault === 'refuses deletes') return fail(500, 'internal');
      const { customIds } = Deletion.parse(JSON.parse(body.toString()));
      const deleted = customIds.filter((id) => files.has(id));
      if (fault !== 'keeps what it deletes') for (const id of deleted) files.delete(id);
      return sendJson(response, 200, { success: true, deletedCount: deleted.length });
    }
    if (url.pathname === '/v6/listFiles') {
      const { limit, offset } = Page.parse(JSON.parse(body.toString()));
      const page = [...files].slice(offset, offset + limit).map(([customId, { key, bytes, at }]) => ({
        id: key,
        customId,
        key,
        name: customId,
        size: bytes.byteLength,
        status: 'Uploaded',
        uploadedAt: at.getTime(),
      }));
      return sendJson(response, 200, { files: page, hasMore: offset + limit < files.size });
    }
    return fail(404, 'no such route');
  });
  return Object.assign(standIn, { sent });
}

/** HMAC-SHA256 over the whole address up to its signature, which comes last; `expires` is in milliseconds. */
function isSigned(url: URL): boolean {
  const [address = '', signature = ''] = url.href.split('&signature=');
  const expected = createHmac('sha256', API_KEY).update(address).digest('hex');
  return (
    decodeURIComponent(signature) === `hmac-sha256=${expected}` &&
    Number(url.searchParams.get('expires')) > Date.now()
  );
}
