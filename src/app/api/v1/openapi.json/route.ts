import { describeApi } from '#server/trpc/describe-api.ts';

export const dynamic = 'force-dynamic';

export const GET = () => Response.json(describeApi());
