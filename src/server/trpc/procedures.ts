import type { AnyProcedure } from '@trpc/server';
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
