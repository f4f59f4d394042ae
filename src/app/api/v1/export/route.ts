import { serveExport } from '#server/http/export.ts';
import { refuseMethod } from '#server/http/respond.ts';

export const dynamic = 'force-dynamic';

export const GET = (request: Request) => serveExport(request);

const other = refuseMethod('GET');

export { other as DELETE, other as PATCH, other as POST, other as PUT };
