import { AppError, ERROR_STATUS } from '#core/errors.ts';
import { getActor, type Identity } from '../auth/actor.ts';
import { getServer, type RunningServer } from '../server.ts';
import { reportDefect, toAppError } from '../trpc/init.ts';

/** Answers of the API belong to one person: no cache may keep them. */
const PRIVATE = { 'Cache-Control': 'private, no-store', 'X-Content-Type-Options': 'nosniff' };

export const respondJson = (body: unknown, status = 200, headers: HeadersInit = {}) =>
  Response.json(body, { status, headers: { ...PRIVATE, ...Object.fromEntries(new Headers(headers)) } });

/** When a client that was asked to wait may come back. */
export const retryHeaders = ({ retryAfter }: AppError): Record<string, string> =>
  retryAfter === null ? {} : { 'Retry-After': String(retryAfter) };

export function respondError(error: unknown, where: string, headers: Record<string, string> = {}): Response {
  reportDefect(error, where);
  const known = toAppError(error);
  const { code, message, field } = known;
  return respondJson({ error: { code, message, field } }, ERROR_STATUS[code], {
    ...headers,
    ...retryHeaders(known),
  });
}

/** Answers other methods than those that an address takes. */
export const refuseMethod = (Allow: string) => (request: Request) => {
  const message = `This address takes ${Allow}, not ${request.method}.`;
  return respondError(new AppError('METHOD_NOT_ALLOWED', message), request.url, { Allow });
};

export function withCookies(response: Response, cookies: string[]): Response {
  for (const cookie of cookies) response.headers.append('Set-Cookie', cookie);
  return response;
}

/** Runs a route for whoever asks; every failure becomes an answer. */
export async function answer(
  request: Request,
  route: (server: RunningServer, identity: Identity) => Promise<Response>,
): Promise<Response> {
  try {
    const server = await getServer();
    const identity = await getActor(server, request.headers);
    return withCookies(await route(server, identity), identity.setCookies);
  } catch (error) {
    return respondError(error, `${request.method} ${new URL(request.url).pathname}`);
  }
}
