import { refuseMethod } from '#server/http/respond.ts';
import { describeApi } from '#server/trpc/describe-api.ts';

export const dynamic = 'force-dynamic';

export const GET = () => Response.json(describeApi());

const other = refuseMethod('GET');

export { other as DELETE, other as PATCH, other as POST, other as PUT };
