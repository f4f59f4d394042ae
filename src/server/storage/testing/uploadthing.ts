/**
 * A stand-in of UploadThing, built from its documented API: ingest of a signed address (PUT /{key}, and HEAD for how
 * much of it has come), the server API (POST /v6/listFiles, /v6/deleteFiles), delivery of private files by signed
 * address, by key or custom id, and for browsers what a route registers of a file (POST /route-metadata), the signed
 * callback, and its result.
 */
import { createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { bytesKept } from './faults.ts';
import { readForm, sendObject, type Shelved } from './shelf.ts';
import { openStandIn, sendJson, type Route, type StandIn } from './stand-in.ts';

const API_KEY = 'sk_live_test';
const APP_ID = 'app';

const tokenOf = (claims: object) =>
  Buffer.from(JSON.stringify({ apiKey: API_KEY, appId: APP_ID, ...claims })).toString('base64');

export const UPLOADTHING_TOKEN = tokenOf({ regions: ['sea1'] });

/** What makes a whole app speak to the stand-in alone: a region and a host that together are its address. */
export function environmentOf({ origin }: StandIn) {
  const { host } = new URL(origin);
  const [region = '', ...rest] = host.split('.');
  return {
    STORAGE: 'uploadthing',
    UPLOADTHING_TOKEN: tokenOf({ regions: [region], ingestHost: rest.join('.') }),
    UPLOADTHING_API_URL: origin,
    UPLOADTHING_UFS_HOST: host,
    UPLOADTHING_UFS_APP_ID_LOCATION: 'path',
  };
}

/** The addresses of the stand-in, in the words of the client. */
export const addressesOf = ({ origin }: StandIn) => ({
  apiUrl: origin,
  ingestUrl: origin,
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

/** Stops the next file that is sent after so many bytes, until it may go on or its connection is cut. */
type Hold = { at: number; reached: PromiseWithResolvers<void>; end: PromiseWithResolvers<'go on' | 'cut'> };

export type UploadThing = StandIn & {
  /** What was said of each file that arrived. */
  sent: string[];
  /** Where each file began that a browser sent, in bytes. */
  began: number[];
  hold(at: number): { reached: Promise<void>; goOn(): void; cut(): void };
};

export async function openUploadThing({ secure = false } = {}): Promise<UploadThing> {
  const files = new Map<string, Shelved & { key: string }>();
  /** What came of files whose connection broke, by key. */
  const parts = new Map<string, Buffer>();
  const registered = new Map<string, Registered>();
  const results = new Map<string, PromiseWithResolvers<unknown>>();
  const sent: string[] = [];
  const began: number[] = [];
  let hold: Hold | null = null;

  const before = ({ url = '', headers }: IncomingMessage) => {
    const [, start = '0'] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? [];
    return parts.get(keyOf(url))?.subarray(0, Number(start)) ?? Buffer.alloc(0);
  };

  async function read(request: IncomingMessage): Promise<Buffer> {
    if (request.method !== 'PUT') return buffer(request);
    const held = hold;
    hold = null;
    const start = before(request);
    if (request.headers.origin) began.push(start.byteLength);
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of request) {
        chunks.push(chunk);
        size += chunk.byteLength;
        if (!held || size < held.at) continue;
        held.reached.resolve();
        if ((await held.end.promise) === 'cut') request.destroy();
      }
    } catch (error) {
      const form = Buffer.concat(chunks);
      const head = form.indexOf('\r\n\r\n') + 4;
      parts.set(keyOf(request.url), Buffer.concat([start, form.subarray(head)]));
      throw error;
    }
    return Buffer.concat(chunks);
  }

  const route: Route = async ({ request, response, url, body, fault }) => {
    allowBrowsers(response);
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    const fail = (status: number, error: string) => sendJson(response, status, { error });
    const data = (name: string) => decodeURIComponent(url.searchParams.get(`x-ut-${name}`) ?? '');

    if (url.pathname === '/route-metadata') {
      if (request.headers['x-uploadthing-api-key'] !== API_KEY) return fail(401, 'Invalid API key');
      const registration = Registration.parse(JSON.parse(body.toString()));
      for (const key of registration.fileKeys) registered.set(key, registration);
      return sendJson(response, 200, { ok: true });
    }
    if (url.pathname === '/callback-result') {
      const { fileKey, callbackData } = Result.parse(JSON.parse(body.toString()));
      results.get(fileKey)?.resolve(callbackData);
      return sendJson(response, 200, { ok: true });
    }
    if (!/^\/(a|v6)\//.test(url.pathname)) {
      if (!isSigned(url)) return fail(400, 'Invalid signature');
      const key = keyOf(url.pathname);
      if (request.method === 'HEAD') {
        response.setHeader('x-ut-range-start', parts.get(key)?.byteLength ?? 0);
        return void response.writeHead(200).end();
      }
      if (fault === 'is full') return fail(507, 'Storage limit exceeded');
      if (data('identifier') !== APP_ID || data('acl') !== 'private')
        return fail(400, 'not as the stand-in expects');
      const form = await readForm(request, body);
      const bytes = Buffer.concat([before(request), form.bytes]);
      const mime = data('file-type');
      if (bytes.byteLength !== Number(data('file-size'))) return fail(400, 'Size mismatch');
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
      const { origin } = url;
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
  };
  return Object.assign(await openStandIn(route, { secure, read }), {
    sent,
    began,
    hold(at: number) {
      const held: Hold = { at, reached: Promise.withResolvers(), end: Promise.withResolvers() };
      hold = held;
      const { promise: reached } = held.reached;
      return { reached, goOn: () => held.end.resolve('go on'), cut: () => held.end.resolve('cut') };
    },
  });
}

/** Of an address at which a file is sent. */
const keyOf = (address = '') => address.slice(1).split('?')[0] ?? '';

/** Browsers send from pages of anywhere: the address is what they need. */
function allowBrowsers(response: ServerResponse): void {
  // On a connection that was used before, a browser sends again by itself what was cut.
  response.setHeader('connection', 'close');
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-allow-methods', 'GET, HEAD, PUT');
  response.setHeader('access-control-allow-headers', 'range, b3, traceparent, x-uploadthing-version');
  response.setHeader('access-control-expose-headers', 'x-ut-range-start');
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
