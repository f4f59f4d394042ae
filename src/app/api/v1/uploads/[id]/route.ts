import { handleUpload } from '#server/http/upload.ts';

export const dynamic = 'force-dynamic';

type Params = { params: Promise<{ id: string }> };

export const PUT = async (request: Request, { params }: Params) => handleUpload(request, (await params).id);
