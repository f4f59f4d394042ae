import { z } from 'zod';
import { handleAuth } from '../auth/next-auth.ts';
import { handleRest } from '../trpc/rest.ts';
import { handleTrpc } from '../trpc/handler.ts';
import { serveExport } from '../http/export.ts';
import { serveMediaFile } from '../http/media-file.ts';
import { handleUpload } from '../http/upload.ts';

const ORIGIN = 'http://localhost:3000';

type Options = { method?: string; json?: unknown; body?: BodyInit; headers?: Record<string, string> };

/** What a test expects of an answer; the rest of it is there as well. */
const Body = z.looseObject({
  id: z.string().optional(),
  items: z.array(z.looseObject({ id: z.string() })).optional(),
  nextCursor: z.string().nullish(),
  error: z.looseObject({ field: z.unknown() }).nullish(),
});

/** A client with a cookie jar, talking to the route handlers of this process. */
export class Jar {
  readonly cookies = new Map<string, string>();

  async fetch(path: string, { method, json, body, headers }: Options = {}): Promise<Response> {
    const sent = json === undefined ? body : JSON.stringify(json);
    const bytes = sent === undefined ? undefined : await new Response(sent).arrayBuffer();
    const request = new Request(ORIGIN + path, {
      method: method ?? (bytes ? 'POST' : 'GET'),
      ...(bytes && { body: bytes }),
      headers: {
        host: 'localhost:3000',
        ...(bytes && { 'content-length': String(bytes.byteLength) }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(this.cookies.size > 0 && {
          cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        }),
        ...headers,
      },
    });
    const response = await route(request);
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const equals = pair.indexOf('=');
      const name = pair.slice(0, equals);
      if (/; Max-Age=0(;|$)/.test(cookie)) this.cookies.delete(name);
      else this.cookies.set(name, pair.slice(equals + 1));
    }
    return response;
  }

  async json(path: string, options: Options = {}) {
    const response = await this.fetch(path, options);
    return { status: response.status, body: Body.parse(await response.json()) };
  }
}

const Called = z.looseObject({
  result: z.looseObject({ data: z.unknown() }).optional(),
  error: z.looseObject({ message: z.string(), data: z.looseObject({ appCode: z.string() }) }).optional(),
});

/** Calls a procedure as a browser does. @returns The data of its answer, or the code and the words of its error. */
async function callTrpc(jar: Jar, path: string, options: Options) {
  const response = await jar.fetch(`/api/trpc/${path}`, options);
  const { result, error } = Called.parse(await response.json());
  return {
    status: response.status,
    headers: response.headers,
    data: result?.data,
    code: error?.data.appCode,
    message: error?.message,
  };
}

export const mutate = (jar: Jar, path: string, json: unknown = {}, headers: Record<string, string> = {}) =>
  callTrpc(jar, path, { json, headers });

export const query = (jar: Jar, path: string, input?: unknown) =>
  callTrpc(
    jar,
    input === undefined ? path : `${path}?input=${encodeURIComponent(JSON.stringify(input))}`,
    {},
  );

/** As the routes of `app` do. */
function route(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const file = /^\/media\/([^/]+)\/([^/]+)$/.exec(pathname);
  if (file) return serveMediaFile(request, { id: file[1] ?? '', role: file[2] ?? '' });
  const upload = /^\/api\/v1\/uploads\/([^/]+)$/.exec(pathname);
  if (upload) return handleUpload(request, upload[1] ?? '');
  if (pathname === '/api/v1/export') return serveExport(request);
  if (pathname.startsWith('/api/auth/')) return handleAuth(request);
  return pathname.startsWith('/api/trpc/') ? handleTrpc(request) : handleRest(request, '/api/v1');
}
