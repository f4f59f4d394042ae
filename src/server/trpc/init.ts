import { initTRPC, TRPCError, type TRPC_ERROR_CODE_KEY } from '@trpc/server';
import type { OpenApiMeta } from 'trpc-to-openapi';
import { z, ZodError } from 'zod';
import { AppError, ERROR_STATUS, type ErrorCode } from '#core/errors.ts';
import { findUnstorable, type Unstorable } from '#core/json.ts';
import { NOBODYS_LIBRARY } from '#core/owner.ts';
import { countCall, ensureOwner, type Identity } from '../auth/actor.ts';
import type { LibraryCtx, Server } from '../context.ts';
import type { LimitName } from '../limits.ts';
import { log } from '../log.ts';
import { databaseFailure } from '../db/failure.ts';
import { storageFailure } from '../storage/port.ts';
import { describeIssue } from './input-words.ts';

z.config({ customError: describeIssue });

/**
 * Who may call a procedure:
 * public = anybody, no library is touched; owner = the owner of a library, for whom nothing else exists (nobody owns
 * nothing); creator = as owner, and over REST a client without a credential becomes a guest on the way;
 * user = somebody who is signed in, about the own account.
 */
export type Access = 'public' | 'owner' | 'creator' | 'user';

export type Meta = OpenApiMeta & {
  access?: Access;
  /** What a mutation counts against; `write` when nothing is said. */
  limit?: LimitName;
  /** The input may hold whole files. */
  takesFiles?: true;
  /** Status of success over REST, when it is not 200. */
  status?: 201 | 202;
};

export type Context = {
  server: Server;
  door: 'trpc' | 'rest';
  identity: Identity;
  /** Whose the credential of this request is by now: asked again by what outlives a request. */
  identify(): Promise<Identity>;
  headers: Headers;
  /** Cookies of the answer; a procedure that makes a guest adds to them. */
  setCookies: string[];
};

const TRPC_CODE: Record<ErrorCode, TRPC_ERROR_CODE_KEY> = {
  BAD_INPUT: 'BAD_REQUEST',
  GUEST_REQUIRED: 'UNAUTHORIZED',
  SIGN_IN_REQUIRED: 'UNAUTHORIZED',
  WRONG_CREDENTIALS: 'UNAUTHORIZED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  METHOD_NOT_ALLOWED: 'METHOD_NOT_SUPPORTED',
  CONFLICT: 'CONFLICT',
  OWNER_CHANGED: 'CONFLICT',
  TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  UNSUPPORTED_MEDIA: 'UNSUPPORTED_MEDIA_TYPE',
  LINK_DEAD: 'UNPROCESSABLE_CONTENT',
  LINK_REFUSED: 'UNPROCESSABLE_CONTENT',
  RATE_LIMITED: 'TOO_MANY_REQUESTS',
  INTERNAL: 'INTERNAL_SERVER_ERROR',
  UNAVAILABLE: 'SERVICE_UNAVAILABLE',
};

const APP_CODE: Partial<Record<TRPC_ERROR_CODE_KEY, ErrorCode>> = {
  BAD_REQUEST: 'BAD_INPUT',
  PARSE_ERROR: 'BAD_INPUT',
  METHOD_NOT_SUPPORTED: 'METHOD_NOT_ALLOWED',
  NOT_FOUND: 'NOT_FOUND',
  FORBIDDEN: 'FORBIDDEN',
  PAYLOAD_TOO_LARGE: 'TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA',
  TOO_MANY_REQUESTS: 'RATE_LIMITED',
};

/** The one place where an error becomes what the world may know of it. */
export function toAppError(error: unknown): AppError {
  const known = storageFailure(error, 'data');
  if (known instanceof AppError) return known;
  if (error instanceof TRPCError) {
    if (error.cause instanceof ZodError) return fromZod(error.cause);
    if (error.cause !== undefined && !(error.cause instanceof TRPCError)) {
      const inner = toAppError(error.cause);
      if (inner.code !== 'INTERNAL') return inner;
    }
    const code = APP_CODE[error.code];
    if (code) return new AppError(code, error.message);
  }
  if (error instanceof ZodError) return fromZod(error);
  const failure = databaseFailure(error);
  if (failure) return failure;
  return new AppError('INTERNAL', 'Something went wrong on this server. Nothing was changed: try again.', {
    cause: error,
  });
}

function fromZod(error: ZodError): AppError {
  const [issue] = error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const field = [...(issue?.path ?? []), ...unknown].map(String).join('.');
  return new AppError('BAD_INPUT', issue?.message ?? 'This input cannot be used.', {
    field: field || 'body',
  });
}

export function reportDefect(error: unknown, where: string) {
  const known = toAppError(error);
  if (known.code === 'INTERNAL' || known.code === 'UNAVAILABLE') log.error(where, known.cause ?? error);
}

/** What a tRPC answer says of an error. */
export function describeError(error: unknown) {
  const { code, field, message } = toAppError(error);
  return { message, data: { code: TRPC_CODE[code], httpStatus: ERROR_STATUS[code], appCode: code, field } };
}

export function toTrpcError(error: unknown): TRPCError {
  const known = toAppError(error);
  return new TRPCError({ code: TRPC_CODE[known.code], message: known.message, cause: known });
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    isDev: false,
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 45_000 } },
    errorFormatter: ({ shape, error }) => ({ ...shape, ...describeError(error) }),
  });

export const router = t.router;

const mapErrors = t.middleware(async ({ next }) => {
  const result = await next();
  if (!result.ok) throw toTrpcError(result.error);
  return result;
});

const UNSTORABLE: Record<Unstorable['why'], string> = {
  character: 'This text holds a character that cannot be kept (NUL, or half a surrogate pair).',
  depth: 'This is nested too deeply: at most 64 levels can be kept.',
};

const refuseUnstorable = t.middleware(async ({ next, getRawInput }) => {
  const found = findUnstorable(await getRawInput());
  if (found !== null)
    throw new AppError('BAD_INPUT', UNSTORABLE[found.why], { field: found.field || 'body' });
  return next();
});

const limitCalls = t.middleware(async ({ ctx, meta, type, next }) => {
  if (type === 'mutation') {
    await countCall(ctx.server, ctx.identity, meta?.limit ?? 'write');
  }
  return next();
});

const procedure = t.procedure.use(mapErrors).use(refuseUnstorable).use(limitCalls);

/** Touches no library. */
export const publicProcedure = procedure.meta({ access: 'public' });

const libraryOf = ({ server, identity }: Context): LibraryCtx => ({ ...server, library: identity.library });

/** Acts for the library of whoever asks; nobody's is empty. */
export const ownerProcedure = procedure
  .meta({ access: 'owner' })
  .use(({ ctx, next }) => next({ ctx: { ...ctx, library: libraryOf(ctx) } }));

/** Brings something new, so that somebody without a library needs one. */
export const creatorProcedure = procedure.meta({ access: 'creator' }).use(async ({ ctx, next }) => {
  if (ctx.identity.library === NOBODYS_LIBRARY && ctx.door === 'trpc') {
    throw new AppError(
      'GUEST_REQUIRED',
      'This browser has no library yet. Ask for one first, then repeat this.',
    );
  }
  const identity = await ensureOwner(ctx.server, ctx.identity);
  if (identity !== ctx.identity) ctx.setCookies.push(...identity.setCookies);
  return next({ ctx: { ...ctx, identity, library: libraryOf({ ...ctx, identity }) } });
});

/** Acts for an account, whatever library it has or has not. */
export const userProcedure = procedure.meta({ access: 'user' }).use(({ ctx, next }) => {
  const { actor } = ctx.identity;
  if (actor.type !== 'user') throw new AppError('SIGN_IN_REQUIRED', 'Sign in first, then repeat this.');
  return next({ ctx: { ...ctx, user: actor } });
});
