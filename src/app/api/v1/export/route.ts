import { serveExport } from '#server/http/export.ts';

export const dynamic = 'force-dynamic';

export const GET = (request: Request) => serveExport(request);
