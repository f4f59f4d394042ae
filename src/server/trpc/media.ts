import { z } from 'zod';
import { ImportInput, ImportPreview, ImportResult, PreviewImportInput } from '#core/import.ts';
import {
  ListMediaInput,
  Media,
  MediaId,
  MediaIdInput,
  MediaIdsInput,
  MediaPage,
  SaveInput,
  UpdateMediaInput,
} from '#core/media.ts';
import { importEntries, previewImport } from '../media/import.ts';
import { purgeMedia, restoreMedia, trashMedia, updateMedia } from '../media/change.ts';
import { getMedia, listMedia } from '../media/read.ts';
import { saveLink } from '../media/save-link.ts';
import { saveMedia } from '../media/save.ts';
import { creatorProcedure, ownerProcedure, router } from './init.ts';

const tags = ['media'];
const Ids = z.object({ ids: z.array(MediaId) });
const RemoveInput = z.strictObject({ id: MediaId, permanent: z.enum(['true', 'false']).optional() });

export const mediaRouter = router({
  save: creatorProcedure
    .meta({
      status: 201,
      takesFiles: true,
      openapi: {
        method: 'POST',
        path: '/media',
        tags,
        summary: 'Save an image or a video',
        description:
          'Send the bytes as base64 in the field data, or send them before with PUT /uploads/{id} and name that id in the field upload, or name an https link in the field url: it is fetched and its bytes are kept; a data: URL there holds them itself. The type is found from the bytes. Up to four images that it was made from go into sources, each as data, upload, url or media (the id of an item); they are copied. What is not given is filled from the recipe that the file carries: of A1111, Forge, ComfyUI, InvokeAI, NovelAI, or of Afterimage. A link that was saved before, by its address or by the UUID that names its file, answers with the record that exists, as it is: in the trash when trashedAt says so; so does a data: URL whose bytes an item has. The same id with the same bytes answers with the record that exists; with other bytes it is a CONFLICT. LINK_REFUSED: the link is not https or not public. LINK_DEAD: it leads nowhere any more.',
      },
    })
    .input(SaveInput)
    .output(Media)
    .mutation(({ ctx, input: { url, sources: named = [], ...input } }) => {
      const { network } = ctx.identity;
      return url === undefined
        ? saveMedia(ctx.library, input, { named, network })
        : saveLink(ctx.library, { ...input, url }, network, named);
    }),

  import: creatorProcedure
    .meta({
      takesFiles: true,
      openapi: {
        method: 'POST',
        path: '/media/import',
        tags,
        summary: 'Bring in a history of another gallery',
        description:
          'Up to 20 entries such as { url, prompt, model, timestamp, settings }, as another gallery kept them: the link may also be imageUrl, videoUrl or src, or a data: URL; unknown fields are kept as metadata; the time stays. What is too long for its field (a prompt of over 8,000 characters) is kept whole in metadata while that has room; otherwise reason says that it was shortened. Each entry answers for itself: saved, here (by its link, the UUID that names its file, or its bytes; nothing is changed), repeat, dead, refused, invalid, or failed, which may be sent again after retryAfter seconds: 0 when the links before it took too long for one call.',
      },
    })
    .input(ImportInput)
    .output(ImportResult)
    .mutation(({ ctx, input }) => importEntries(ctx.library, input, ctx.identity.network)),

  previewImport: ownerProcedure
    .meta({
      takesFiles: true,
      openapi: {
        method: 'POST',
        path: '/media/import/preview',
        tags,
        summary: 'Say what an import would do',
        description:
          'Changes nothing. Up to 200 entries, judged by their form and by what is here; with checkLinks up to 20, whose links are asked as well; one that there was no time for counts as new. In place of bytes an entry may name their sha256.',
      },
    })
    .input(PreviewImportInput)
    .output(ImportPreview)
    .mutation(({ ctx, input }) => previewImport(ctx.library, input, ctx.identity.network)),

  list: ownerProcedure
    .meta({
      openapi: {
        method: 'GET',
        path: '/media',
        tags,
        summary: 'List media, newest first',
        description:
          'Pass nextCursor as cursor until it is null. New items never make a page repeat or skip one.',
      },
    })
    .input(ListMediaInput)
    .output(MediaPage)
    .query(({ ctx, input }) => listMedia(ctx.library, input)),

  get: ownerProcedure
    .meta({ openapi: { method: 'GET', path: '/media/{id}', tags, summary: 'Get one item' } })
    .input(MediaIdInput)
    .output(Media)
    .query(({ ctx, input }) => getMedia(ctx.library, input.id)),

  update: ownerProcedure
    .meta({
      openapi: {
        method: 'PATCH',
        path: '/media/{id}',
        tags,
        summary: 'Change headline, tags, star or prompt',
      },
    })
    .input(UpdateMediaInput)
    .output(Media)
    .mutation(({ ctx, input }) => updateMedia(ctx.library, input)),

  /** The REST form of trash and purge. */
  remove: ownerProcedure
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/media/{id}',
        tags,
        summary: 'Move to the trash, or delete for good',
        description:
          'With permanent=true the record and its bytes are deleted for good, whether trashed or not.',
      },
    })
    .input(RemoveInput)
    .output(Ids)
    .mutation(({ ctx, input: { id, permanent } }) =>
      (permanent === 'true' ? purgeMedia : trashMedia)(ctx.library, { ids: [id] }),
    ),

  trash: ownerProcedure
    .input(MediaIdsInput)
    .output(Ids)
    .mutation(({ ctx, input }) => trashMedia(ctx.library, input)),

  restore: ownerProcedure
    .input(MediaIdsInput)
    .output(Ids)
    .mutation(({ ctx, input }) => restoreMedia(ctx.library, input)),

  /** The REST form of restore. */
  restoreOne: ownerProcedure
    .meta({
      openapi: { method: 'POST', path: '/media/{id}/restore', tags, summary: 'Take out of the trash' },
    })
    .input(MediaIdInput)
    .output(Media)
    .mutation(async ({ ctx, input }) => {
      await restoreMedia(ctx.library, { ids: [input.id] });
      return getMedia(ctx.library, input.id);
    }),

  purge: ownerProcedure
    .input(MediaIdsInput)
    .output(Ids)
    .mutation(({ ctx, input }) => purgeMedia(ctx.library, input)),
});
