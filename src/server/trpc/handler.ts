import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { MAX_BASE64_LENGTH } from '#core/media.ts';
import { guardWrite, readBody } from '../http/guard.ts';
import { getActor } from '../auth/actor.ts';
import { respondJson, retryHeaders, withCookies } from '../http/respond.ts';
import { getServer } from '../server.ts';
import { describeError, reportDefect, toAppError, toTrpcError, type Context } from './init.ts';
import { appRouter } from './root.ts';

/** Calls that one HTTP request may carry. */
const MAX_BATCH = 10;

/** Room for one file as base64 and what surrounds it. */
export const MAX_JSON_BYTES = MAX_BASE64_LENGTH + 1_048_576;

export async function handleTrpc(request: Request): Promise<Response> {
  const setCookies: string[] = [];
  try {
    const server = await getServer();
    const response = await fetchRequestHandler({
      endpoint: '/api/trpc',
      req: request.method === 'GET' ? request : await readCall(request),
      router: appRouter,
      maxBatchSize: MAX_BATCH,
      async createContext(): Promise<Context> {
        const identity = await getActor(server, request.headers).catch((error: unknown) => {
          throw toTrpcError(error);
        });
        setCookies.push(...identity.setCookies);
        const identify = () => getActor(server, request.headers);
        return { server, door: 'trpc', identity, identify, headers: request.headers, setCookies };
      },
      onError: ({ error, path }) => reportDefect(error, `trpc ${path ?? ''}`),
      responseMeta: ({ errors }) => {
        const waits = errors.map((error) => retryHeaders(toAppError(error)));
        return { headers: Object.assign({ 'Cache-Control': 'private, no-store' }, ...waits) };
      },
    });
    return withCookies(response, setCookies);
  } catch (error) {
    reportDefect(error, 'trpc');
    const { message, data } = describeError(error);
    return respondJson(
      { error: { message, code: TRPC_ERROR_CODES_BY_KEY[data.code], data } },
      data.httpStatus,
    );
  }
}

/** The same request with its body read, so that nothing unbounded or foreign reaches a parser. No body is no input. */
async function readCall(request: Request): Promise<Request> {
  guardWrite(request, 'application/json');
  const { url, method, headers, signal } = request;
  const read = await readBody(request, MAX_JSON_BYTES);
  const body = read.byteLength === 0 ? '{}' : new Uint8Array(read);
  return new Request(url, { method, headers, signal, body });
}
