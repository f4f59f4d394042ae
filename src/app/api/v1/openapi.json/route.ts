import { describeApi } from '#server/trpc/rest.ts';

export const dynamic = 'force-dynamic';

export const GET = () => Response.json(describeApi());
