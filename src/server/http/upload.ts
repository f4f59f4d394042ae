import { AppError } from '#core/errors.ts';
import { UploadId } from '#core/media.ts';
import { UPLOAD_LENGTH, UPLOAD_OFFSET, UPLOAD_VIA } from '#core/upload.ts';
import { env } from '#env';
import { countCall, ensureOwner } from '../auth/actor.ts';
import type { LibraryCtx } from '../context.ts';
import { appendUpload, findOffset, putUpload } from '../upload.ts';
import { hasBody, streamBody } from './body.ts';
import { guardWrite } from './guard.ts';
import { answer, respondJson, withCookies } from './respond.ts';

/**
 * Raw bytes under an id that the client made; `media.save` names it afterwards. PUT sends a file at once. A large one
 * comes in parts: PATCH appends one where the last ended, and HEAD says where that is after a connection broke.
 */
export function handleUpload(request: Request, id: string): Promise<Response> {
  return answer(request, async (server, before) => {
    guardWrite(request, 'application/octet-stream');
    const upload = UploadId.safeParse(id);
    if (!upload.success) throw new AppError('BAD_INPUT', 'An id is a UUID.', { field: 'id' });
    if (request.method === 'HEAD') {
      const offset = await findOffset({ ...server, library: before.library }, upload.data);
      return respondJson(null, 200, { [UPLOAD_OFFSET]: String(offset), ...via() });
    }
    const identity = await ensureOwner(server, before);
    await countCall(server, identity, 'write');
    const ctx: LibraryCtx = { ...server, library: identity.library };
    const response =
      request.method === 'PATCH' ? takePart(ctx, upload.data, request) : takeWhole(ctx, upload.data, request);
    return withCookies(await response, identity === before ? [] : identity.setCookies);
  });
}

/** Browsers that are told so send to the vendor themselves; whoever does not know of it may go on sending here. */
const via = (): Record<string, string> =>
  env().STORAGE === 'uploadthing' ? { [UPLOAD_VIA]: 'uploadthing' } : {};

async function takeWhole(ctx: LibraryCtx, id: UploadId, request: Request): Promise<Response> {
  if (!hasBody(request) || request.body === null)
    throw new AppError('BAD_INPUT', 'The file is empty.', { field: 'body' });
  return respondJson(await putUpload(ctx, id, streamBody(request.body)), 201);
}

async function takePart(ctx: LibraryCtx, id: UploadId, request: Request): Promise<Response> {
  const part = {
    offset: readCount(request, UPLOAD_OFFSET, 0),
    length: readCount(request, UPLOAD_LENGTH, 1),
    body: hasBody(request) ? request.body : null,
  };
  const { offset, isKept } = await appendUpload(ctx, id, part);
  const headers = { [UPLOAD_OFFSET]: String(offset) };
  return isKept
    ? respondJson({ id, bytes: offset }, 201, headers)
    : respondJson({ id, offset }, 200, headers);
}

function readCount(request: Request, name: string, least: number): number {
  const text = request.headers.get(name) ?? '';
  const count = Number(text);
  if (!/^\d{1,15}$/.test(text) || count < least)
    throw new AppError('BAD_INPUT', `Say ${name} as a number of bytes.`, { field: name });
  return count;
}
