import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { addressOf, networkOf } from '../http/address.ts';
import { guardWrite } from '../http/guard.ts';
import { getActor } from '../auth/actor.ts';
import { respondJson, retryHeaders, withCookies } from '../http/respond.ts';
import { getServer, type RunningServer } from '../server.ts';
import { describeError, reportDefect, toAppError, toTrpcError, type Context } from './init.ts';
import { bodyLimit } from './procedures.ts';
import { appRouter } from './root.ts';

const ENDPOINT = '/api/trpc';

/** Calls that one HTTP request may carry. */
const MAX_BATCH = 10;

export async function handleTrpc(request: Request): Promise<Response> {
  const setCookies: string[] = [];
  try {
    const server = await getServer();
    const respond = (req: Request) =>
      fetchRequestHandler({
        endpoint: ENDPOINT,
        req,
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
    const response = await (request.method === 'GET' ? respond(request) : readCall(server, request, respond));
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

/** Calls with the same request, its body read, so that nothing unbounded or foreign reaches a parser. No body is no input. */
function readCall<T>(
  server: RunningServer,
  request: Request,
  respond: (request: Request) => Promise<T>,
): Promise<T> {
  guardWrite(request, 'application/json');
  const { url, method, headers, signal } = request;
  const paths = new URL(url).pathname.slice(`${ENDPOINT}/`.length).split(',');
  const address = addressOf(headers);
  const from = { max: bodyLimit(paths), network: address && networkOf(address) };
  return server.bodies.hold(request, from, (read) => {
    const body = read.byteLength === 0 ? '{}' : new Uint8Array(read);
    return respond(new Request(url, { method, headers, signal, body }));
  });
}
