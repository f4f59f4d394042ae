/**
 * The one door to next-auth: it takes a browser to a provider and back, and proves with state, PKCE and nonce that the
 * one who comes back is the one who went. What follows from that, the account, its session and its cookies, is decided
 * in its `signIn` callback by server/account in one transaction, so that it needs no adapter and mints no session.
 * Its other addresses (session, sign-out, its log) stay shut.
 */
import NextAuth, { type AuthOptions } from 'next-auth';
import { ProviderId } from '#core/account.ts';
import { AppError, notFound } from '#core/errors.ts';
import { confirmOwner, type SignedInActor } from '../account/change.ts';
import { linkProvider, signInWithProvider, type Vouched } from '../account/providers.ts';
import { siteUrl, type Visit } from '../account/visit.ts';
import { readBody } from '../http/body.ts';
import { guardWrite } from '../http/guard.ts';
import { respondError, withCookies } from '../http/respond.ts';
import { log } from '../log.ts';
import { getServer } from '../server.ts';
import { reportDefect } from '../trpc/init.ts';
import { getActor } from './actor.ts';
import {
  dropCookie,
  isSecure,
  journeyCookie,
  linkCookie,
  parseCookies,
  returnCookie,
  setLinkCookie,
} from './cookies.ts';
import { configureProviders } from './providers.ts';
import { authSecret } from './sessions.ts';

/** As long as next-auth keeps the state of a journey to a provider. */
const JOURNEY_SECONDS = 15 * 60;
const MAX_FORM_BYTES = 8192;

type Providers = ReturnType<typeof configureProviders>;
type Errand = { action: 'csrf' } | { action: 'signin' | 'callback'; provider: ProviderId };

type Journey = { request: Request; visit: Visit; providers: Providers };

const ERRANDS: Record<string, string> = { csrf: 'GET', signin: 'POST', callback: 'GET' };

function readErrand(request: Request, providers: Providers): Errand {
  const [action = '', id, ...rest] = new URL(request.url).pathname.split('/').slice(3);
  const missing = notFound('address');
  if (rest.length > 0 || ERRANDS[action] !== request.method) throw missing;
  if (action === 'csrf' && id === undefined) return { action };
  const provider = ProviderId.safeParse(id);
  const isKnown = providers.some((known) => known.id === id);
  if (!provider.success || !isKnown || (action !== 'signin' && action !== 'callback')) throw missing;
  return { action, provider: provider.data };
}

/** A place of this site; anything else is its front page. A path that begins with // would name another host. */
export function placeOf(url: string | undefined): string {
  const site = siteUrl();
  if (url === undefined || !URL.canParse(url, site)) return '/';
  const { origin, pathname, search, hash } = new URL(url, site);
  const isOwn = origin === new URL(site).origin && !pathname.startsWith('//');
  return isOwn ? pathname + search + hash : '/';
}

const withError = (place: string, error: string) => {
  const url = new URL(place, siteUrl());
  url.searchParams.set('error', error);
  return placeOf(url.href);
};

/** `GET csrf`, `POST signin/<provider>` and `GET callback/<provider>` below /api/auth. */
export async function handleAuth(
  request: Request,
  providers: Providers = configureProviders(),
): Promise<Response> {
  const setCookies: string[] = [];
  let errand: Errand | null = null;
  try {
    errand = readErrand(request, providers);
    if (errand.action === 'signin') guardWrite(request, 'application/x-www-form-urlencoded');
    const { headers } = request;
    const server = await getServer();
    const identity = await getActor(server, headers);
    setCookies.push(...identity.setCookies);
    const visit: Visit = { server, identity, headers, setCookies };
    const journey: Journey = { request, visit, providers };
    if (errand.action !== 'csrf') await server.limits.take('write', identity.network);
    const response = await (errand.action === 'callback'
      ? comeBack(journey, errand.provider)
      : goAway(journey, errand));
    response.headers.set('Cache-Control', 'private, no-store');
    return withCookies(response, setCookies);
  } catch (error) {
    // Who comes back from a provider is a person, not a program.
    if (errand?.action !== 'callback') return respondError(error, `${request.method} /api/auth`);
    reportDefect(error, 'coming back from a provider');
    return redirect(withError('/sign-in', 'Callback'));
  }
}

async function goAway(journey: Journey, errand: Errand): Promise<Response> {
  if (errand.action === 'csrf') return ask(journey, {}, async () => false);
  const { request, visit } = journey;
  const { actor } = visit.identity;
  const bytes = await readBody(request, MAX_FORM_BYTES);
  const { json, password, ...form } = Object.fromEntries(new URLSearchParams(Buffer.from(bytes).toString()));
  const isLink = form['link'] === 'true';
  if (isLink && actor.type !== 'user') throw new AppError('SIGN_IN_REQUIRED', 'Sign in first.');
  // Whoever is linked can sign in from then on: an open browser alone is not enough.
  if (isLink && actor.type === 'user') await confirmOwner(visit, actor, password, 'password');
  visit.setCookies.push(
    isLink && actor.type === 'user' ? setLinkCookie(actor.device, JOURNEY_SECONDS) : dropCookie(linkCookie()),
  );
  const response = await ask(journey, form, async () => false);
  const location = response.headers.get('location') ?? '/';
  const error = errorOf(location);
  const url =
    error === null ? location : withError(isLink ? placeOf(form['callbackUrl']) : '/sign-in', error);
  if (json !== 'true') {
    response.headers.set('location', url);
    return response;
  }
  return withCookies(Response.json({ url }), response.headers.getSetCookie());
}

async function comeBack(journey: Journey, provider: ProviderId): Promise<Response> {
  const { request, visit } = journey;
  const cookies = readOwnCookies(request.headers);
  const linking = parseCookies(request.headers.get('cookie')).get(linkCookie());
  const place = placeOf(cookies[returnCookie()]);
  const fail = (error: string) => withError(linking ? place : '/sign-in', error);
  visit.setCookies.push(dropCookie(linkCookie()), dropCookie(returnCookie()));
  if (new URL(request.url).searchParams.get('error') === 'access_denied') {
    return redirect(fail('AccessDenied'));
  }
  const owner = linking ? linkingActor(visit, linking) : null;
  if (linking && owner === null) return redirect(fail('SessionRequired'));

  const arrive = async (person: Vouched): Promise<string> => {
    try {
      await (owner === null ? signInWithProvider(visit, person) : linkProvider(visit, owner, person));
      return place;
    } catch (error) {
      reportDefect(error, `signing in with ${provider}`);
      const code = error instanceof AppError ? error.code : null;
      if (code === 'SIGN_IN_REQUIRED') return fail('SessionRequired');
      if (code !== 'CONFLICT') return fail('Callback');
      return fail(owner === null ? 'OAuthAccountNotLinked' : 'AlreadyLinked');
    }
  };
  const response = await ask(journey, {}, ({ id, email, name }) =>
    arrive({ provider, providerAccountId: id, email: email ?? null, name: name ?? null }),
  );
  const error = errorOf(response.headers.get('location'));
  if (error === null) return response;
  response.headers.set('location', fail(error));
  return response;
}

/** A link is made for the very session that asked for it. */
function linkingActor({ identity: { actor } }: Visit, device: string): SignedInActor | null {
  return actor.type === 'user' && actor.device === device ? actor : null;
}

const redirect = (location: string) => new Response(null, { status: 302, headers: { location } });

/** next-auth sends people whose sign-in failed to a page of its own, which may name the reason. */
function errorOf(location: string | null): string | null {
  const { pathname, searchParams } = new URL(location ?? '/', siteUrl());
  if (!pathname.startsWith('/api/auth/')) return null;
  return /^\w{1,40}$/.exec(searchParams.get('error') ?? '')?.[0] ?? 'Callback';
}

type Person = Parameters<NonNullable<NonNullable<AuthOptions['callbacks']>['signIn']>>[0]['user'];

/** One that a page cannot read, for as long as a journey takes. */
const cookie = (name: string) => ({
  name,
  options: {
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    secure: isSecure(),
    maxAge: JOURNEY_SECONDS,
  } as const,
});

/** Has next-auth answer a request. `arrive` is given who came back, and says where to go on. */
async function ask(
  { request, providers }: Journey,
  body: Record<string, string>,
  arrive: (person: Person) => Promise<string | false>,
): Promise<Response> {
  const url = new URL(request.url);
  const options: AuthOptions = {
    providers,
    secret: authSecret(),
    session: { strategy: 'jwt' },
    useSecureCookies: isSecure(),
    cookies: {
      callbackUrl: cookie(returnCookie()),
      state: cookie(journeyCookie('state')),
      pkceCodeVerifier: cookie(journeyCookie('pkce.code_verifier')),
      nonce: cookie(journeyCookie('nonce')),
    },
    callbacks: {
      redirect: ({ url: wanted }) => placeOf(wanted),
      signIn: ({ user }) => arrive(user),
    },
    logger: { error: noteFailure, warn() {}, debug() {} },
  };
  const answer = new Answer();
  const handle: (asked: Asked, answer: Answer) => Promise<void> = NextAuth(options);
  await handle(
    {
      method: request.method,
      query: { ...Object.fromEntries(url.searchParams), nextauth: url.pathname.split('/').slice(3) },
      body,
      cookies: readOwnCookies(request.headers),
      headers: {},
    },
    answer,
  );
  return answer.toResponse();
}

/** Codes alone: what a provider answers holds names and tokens. */
function noteFailure(code: string, metadata: unknown) {
  const cause = metadata instanceof Error ? metadata : Reflect.get(Object(metadata), 'error');
  log.info(`signing in with a provider failed: ${code} ${cause instanceof Error ? cause.name : ''}`.trim());
}

type Asked = {
  method: string;
  query: Record<string, string | string[]>;
  body: Record<string, string>;
  cookies: Record<string, string>;
  headers: Record<string, string>;
};

/** What next-auth left in this browser. It is shown no credential. */
function readOwnCookies(headers: Headers): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, value] of parseCookies(headers.get('cookie'))) {
    if (name !== returnCookie() && !name.startsWith(journeyCookie(''))) continue;
    try {
      own[name] = decodeURIComponent(value);
    } catch {
      // Not one that was made here.
    }
  }
  return own;
}

/** As much of a Node answer as next-auth uses. */
class Answer {
  #status = 200;
  #body: string | null = null;
  readonly #headers = new Map<string, string | string[]>();

  status(code: number) {
    this.#status = code;
    return this;
  }

  getHeader(name: string) {
    return this.#headers.get(name.toLowerCase());
  }

  setHeader(name: string, value: string | string[]) {
    this.#headers.set(name.toLowerCase(), value);
    return this;
  }

  json(body: unknown) {
    this.setHeader('content-type', 'application/json').#body = JSON.stringify(body);
  }

  send(body: unknown) {
    if (typeof body === 'string') this.#body = body;
    else this.json(body);
  }

  end() {}

  toResponse(): Response {
    const response = new Response(this.#body, { status: this.#status });
    for (const [name, value] of this.#headers) {
      for (const line of [value].flat()) response.headers.append(name, line);
    }
    return response;
  }
}
