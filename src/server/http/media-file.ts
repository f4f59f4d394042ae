import { AppError, notFound } from '#core/errors.ts';
import { downloadNameOf, extensionOf } from '#core/media-name.ts';
import { FileRole, isKept, MediaId } from '#core/media.ts';
import { getMediaFile } from '../media/read.ts';
import { storageOf } from '../storage/place.ts';
import { readFailure } from '../storage/reach.ts';
import { answer } from './respond.ts';
import { serveObject } from './serve-bytes.ts';

/** One file of one item, to its owner alone. Unknown, foreign and purged ids answer alike. */
export function serveMediaFile(request: Request, params: { id: string; role: string }): Promise<Response> {
  return answer(request, async (server, { library }) => {
    const id = MediaId.safeParse(params.id);
    if (!id.success) throw new AppError('BAD_INPUT', 'An id is a UUID.', { field: 'id' });
    const role = FileRole.safeParse(params.role);
    if (!role.success) throw notFound('file');
    const file = await getMediaFile({ db: server.db, library }, id.data, role.data);
    const { item, ...object } = file;
    const name = downloadNameOf({ ...item, id: id.data });
    try {
      return await serveObject(request, {
        ...object,
        storage: await storageOf(server, file.backend),
        filename:
          role.data === 'original' ? name : name.replace(/\.\w+$/, `-${role.data}.${extensionOf(file.mime)}`),
        // Bytes as they came are never a page of ours; renditions were made here.
        disposition: isKept(role.data) ? 'attachment' : 'inline',
      });
    } catch (error) {
      throw readFailure(error);
    }
  });
}
