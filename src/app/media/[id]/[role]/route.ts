import { refuseMethod } from '#server/http/respond.ts';
import { serveMediaFile } from '#server/http/media-file.ts';

export const dynamic = 'force-dynamic';

type Params = { params: Promise<{ id: string; role: string }> };

const serve = async (request: Request, { params }: Params) => serveMediaFile(request, await params);

export { serve as GET, serve as HEAD };

const other = refuseMethod('GET, HEAD');

export { other as DELETE, other as PATCH, other as POST, other as PUT };
