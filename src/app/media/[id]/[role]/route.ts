import { serveMediaFile } from '#server/http/media-file.ts';

export const dynamic = 'force-dynamic';

type Params = { params: Promise<{ id: string; role: string }> };

const serve = async (request: Request, { params }: Params) => serveMediaFile(request, await params);

export { serve as GET, serve as HEAD };
