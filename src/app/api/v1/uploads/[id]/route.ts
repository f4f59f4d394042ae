import { refuseMethod } from '#server/http/respond.ts';
import { handleUpload } from '#server/http/upload.ts';

export const dynamic = 'force-dynamic';

type Params = { params: Promise<{ id: string }> };

const handle = async (request: Request, { params }: Params) => handleUpload(request, (await params).id);

export { handle as HEAD, handle as PATCH, handle as PUT };

const other = refuseMethod('HEAD, PATCH, PUT');

export { other as DELETE, other as GET, other as POST };
