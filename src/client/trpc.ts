import { createTRPCReact } from '@trpc/react-query';
import type { AppRouter } from '#server/trpc/root.ts';

/** Classic hooks for procedures that no local store stands behind. Apart from `api.ts`, so that the first paint needs none of it. */
export const trpc = createTRPCReact<AppRouter>();
