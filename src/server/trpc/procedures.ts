import type { AnyProcedure } from '@trpc/server';
import { MAX_BASE64_LENGTH } from '#core/media.ts';
import { SMALL_BODY } from '../http/body.ts';
import type { Meta } from './init.ts';
import { appRouter } from './root.ts';

type Procedure = AnyProcedure & { _def: { meta?: Meta } };

export type ListedProcedure = { path: string; type: Procedure['_def']['type']; meta: Meta | undefined };

/** A procedure is callable; tRPC keeps what was declared of it under `_def`. */
const isProcedure = (value: unknown): value is Procedure => typeof value === 'function';

/** Every procedure of the router by its dotted path, with what it declares. */
export const listProcedures = (): ListedProcedure[] =>
  Object.entries<unknown>(appRouter._def.procedures).flatMap(([path, procedure]) =>
    isProcedure(procedure) ? [{ path, type: procedure._def.type, meta: procedure._def.meta }] : [],
  );

/** Room for one file as base64 and what surrounds it. */
const FILE_BODY = MAX_BASE64_LENGTH + SMALL_BODY;

/** How large a body may be that calls these procedures, in bytes. */
export function bodyLimit(paths: readonly string[]): number {
  const takesFiles = listProcedures().some(({ path, meta }) => meta?.takesFiles && paths.includes(path));
  return takesFiles ? FILE_BODY : SMALL_BODY;
}
