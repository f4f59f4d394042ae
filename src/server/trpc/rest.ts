/**
 * REST from the same procedures: a procedure's `openapi` meta says its method and path. The handler of trpc-to-openapi,
 * which describes them, is not used: it coerces bodies (`"no"` becomes true) and reads them unbounded.
 */
import { AppError } from '#core/errors.ts';
import { parseBody } from '../http/body.ts';
import { guardWrite } from '../http/guard.ts';
import { answer, refuseMethod, respondJson, withCookies } from '../http/respond.ts';
import type { Context, Meta } from './init.ts';
import { bodyLimit, listProcedures } from './procedures.ts';
import { appRouter } from './root.ts';

type Route = { method: string; pattern: RegExp; path: string; meta: Meta };

/** `/media/{id}` matches one segment by that name. */
const toPattern = (path: string) => new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);

const ROUTES: Route[] = listProcedures().flatMap(({ path, meta }) =>
  meta?.openapi ? [{ method: meta.openapi.method, pattern: toPattern(meta.openapi.path), path, meta }] : [],
);

type Found =
  | { type: 'route'; route: Route; params: Record<string, string> }
  | { type: 'other'; allow: string };

function findRoute(method: string, pathname: string): Found {
  const matches = ROUTES.flatMap((route) => {
    const match = route.pattern.exec(pathname);
    return match ? [{ type: 'route' as const, route, params: { ...match.groups } }] : [];
  });
  if (matches.length === 0) {
    throw new AppError('NOT_FOUND', 'There is no such address in this API. See /docs/api.');
  }
  const taken = matches.map(({ route }) => route.method);
  const allow = () => [...new Set(taken.includes('GET') ? [...taken, 'HEAD'] : taken)].join(', ');
  return matches.find(({ route }) => route.method === method) ?? { type: 'other', allow: allow() };
}

function readQuery(url: URL): Record<string, string> {
  const query = new Map<string, string>();
  for (const [key, value] of url.searchParams) {
    if (query.has(key)) throw new AppError('BAD_INPUT', `Give ${key} once.`, { field: key });
    query.set(key, value);
  }
  return Object.fromEntries(query);
}

function readInput(body: Uint8Array): object {
  const input = body.byteLength === 0 ? {} : parseBody(body);
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new AppError('BAD_INPUT', 'The body must be a JSON object.', { field: 'body' });
  }
  return input;
}

/** Calls a procedure by its dotted path. */
async function call(context: Context, path: string, input: unknown): Promise<unknown> {
  let target: unknown = appRouter.createCaller(context);
  for (const name of path.split('.')) {
    target =
      (typeof target === 'object' || typeof target === 'function') && target !== null
        ? Reflect.get(target, name)
        : undefined;
  }
  if (typeof target !== 'function') throw new Error(`no procedure ${path}`);
  return target(input);
}

/** @param prefix Where the API is mounted, such as `/api/v1`. */
export function handleRest(request: Request, prefix: string): Promise<Response> {
  return answer(request, async (server, identity) => {
    const url = new URL(request.url);
    // What goes out for HEAD loses its body on the way.
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const found = findRoute(method, url.pathname.slice(prefix.length));
    if (found.type === 'other') {
      if (method !== 'OPTIONS') return refuseMethod(found.allow)(request);
      return new Response(null, { status: 204, headers: { Allow: found.allow } });
    }
    const { route, params } = found;
    if (method !== 'GET') guardWrite(request, 'application/json');
    const setCookies: string[] = [];
    const identify = async () => identity;
    const { headers } = request;
    const context: Context = { server, door: 'rest', identity, identify, headers, setCookies };
    const respond = async (input: object) => {
      const result = await call(context, route.path, { ...input, ...params });
      return withCookies(respondJson(result, route.meta.status), setCookies);
    };
    if (method === 'GET' || method === 'DELETE') return respond(readQuery(url));
    const from = { max: bodyLimit([route.path]), network: identity.network };
    return server.bodies.hold(request, from, (body) => respond(readInput(body)));
  });
}
