import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { MAX_BASE64_LENGTH } from '#core/media.ts';
import { guardWrite, readBody } from '../http/guard.ts';
import { answer, withCookies } from '../http/respond.ts';
import { reportDefect, type Context } from './init.ts';
import { appRouter } from './root.ts';

/** Calls that one HTTP request may carry. */
const MAX_BATCH = 10;

/** Room for one file as base64 and what surrounds it. */
export const MAX_JSON_BYTES = MAX_BASE64_LENGTH + 1_048_576;

export function handleTrpc(request: Request): Promise<Response> {
  return answer(request, async (server, identity) => {
    let req = request;
    if (request.method !== 'GET') {
      guardWrite(request, 'application/json');
      const { url, method, headers, signal } = request;
      const body = new Uint8Array(await readBody(request, MAX_JSON_BYTES));
      req = new Request(url, { method, headers, signal, body });
    }
    const setCookies: string[] = [];
    const response = await fetchRequestHandler({
      endpoint: '/api/trpc',
      req,
      router: appRouter,
      maxBatchSize: MAX_BATCH,
      createContext: (): Context => ({ server, door: 'trpc', identity, setCookies }),
      onError: ({ error, path }) => reportDefect(error, `trpc ${path ?? ''}`),
      responseMeta: () => ({ headers: { 'Cache-Control': 'private, no-store' } }),
    });
    return withCookies(response, setCookies);
  });
}
