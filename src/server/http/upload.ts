import { AppError } from '#core/errors.ts';
import { UploadId } from '#core/media.ts';
import { ensureOwner } from '../auth/actor.ts';
import { putUpload } from '../upload.ts';
import { guardWrite, hasBody } from './guard.ts';
import { answer, respondJson, withCookies } from './respond.ts';

/** Takes raw bytes under an id that the client made; `media.save` names it afterwards. */
export function handleUpload(request: Request, id: string): Promise<Response> {
  return answer(request, async (server, before) => {
    guardWrite(request, 'application/octet-stream');
    const upload = UploadId.safeParse(id);
    if (!upload.success) throw new AppError('BAD_INPUT', 'An id is a UUID.', { field: 'id' });
    if (!hasBody(request) || request.body === null)
      throw new AppError('BAD_INPUT', 'The file is empty.', { field: 'body' });
    const identity = await ensureOwner(server, before);
    await server.limits.take('write', identity.library);
    const kept = await putUpload({ ...server, library: identity.library }, upload.data, request.body);
    return withCookies(respondJson(kept, 201), identity === before ? [] : identity.setCookies);
  });
}
