import { createHash } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { AppError, notFound } from '#core/errors.ts';
import { MediaId, normaliseTags, type Media, type SaveLinkInput, type SaveMediaInput } from '#core/media.ts';
import type { LibraryCtx } from '../context.ts';
import { readLibrary, writeLibrary } from '../db/doors.ts';
import { decodeBase64 } from '../ingest/base64.ts';
import { prepareMedia, type PreparedMedia } from '../ingest/prepare.ts';
import { doomStaged } from '../ledger.ts';
import { readUpload } from '../upload.ts';
import { findMedia, insertMedia, stageFiles } from './ingest.ts';
import { toMedia } from './rows.ts';
import { NO_SOURCES, stageSources, takeUploads, type Sources } from './sources.ts';

/** @throws AppError CONFLICT when the id is that of an item that was deleted for good. */
export async function findSaved(ctx: LibraryCtx, id: MediaId): Promise<Media | null> {
  const row = await readLibrary(ctx, (tx) => findMedia(tx, ctx, id));
  if (row?.deletedAt)
    throw new AppError('CONFLICT', 'This item was deleted for good. Save it under a new id.', {
      field: 'id',
    });
  return row ? toMedia(row) : null;
}

/** @throws AppError BAD_INPUT when a file is not of the kind that its client says it is. */
export function requireKind({ kind }: Described, prepared: PreparedMedia): void {
  if (kind === undefined || kind === prepared.kind) return;
  const message = `The file is of kind ${prepared.kind}, not ${kind}. Nothing was saved.`;
  throw new AppError('BAD_INPUT', message, { field: 'kind' });
}

/** @throws AppError CONFLICT when an id was given to other bytes than those that came: these would be lost unsaid. */
export function requireBytes(saved: Media, sha256: string): Media {
  if (saved.sha256 === sha256) return saved;
  const message =
    'This id belongs to an item with other bytes. Save these under a new id. Nothing was saved.';
  throw new AppError('CONFLICT', message, { field: 'id' });
}

export type Described = Omit<SaveLinkInput, 'url'>;

/** What a client says of its file, as a record holds it; of the rest, what the file says of itself. */
export const recipeOf = (
  ctx: Pick<LibraryCtx, 'now'>,
  input: Described,
  { embedded }: Pick<PreparedMedia, 'embedded'>,
) => ({
  prompt: input.prompt ?? embedded?.prompt ?? '',
  headline: input.headline ?? embedded?.headline ?? null,
  tags: normaliseTags(input.tags ?? []),
  starred: input.starred ?? false,
  model: input.model ?? embedded?.model ?? null,
  provider: embedded?.provider ?? null,
  seed: input.seed ?? embedded?.seed ?? null,
  settings: { ...embedded?.settings, ...input.settings },
  metadata: {
    ...input.metadata,
    ...(input.filename !== undefined && { filename: input.filename }),
    ...(embedded && { embedded: { generator: embedded.generator, raw: embedded.raw } }),
  },
  createdAt: input.createdAt === undefined ? ctx.now() : new Date(input.createdAt),
});

/**
 * Keeps bytes that a client brings. Saving them again under the same id answers with the record that exists.
 * @throws AppError CONFLICT when the id is that of other bytes.
 * @throws AppError BAD_INPUT, UNSUPPORTED_MEDIA or TOO_LARGE naming the field, with nothing kept.
 */
export async function saveMedia(
  ctx: LibraryCtx,
  input: SaveMediaInput,
  sources: Sources = NO_SOURCES,
): Promise<Media> {
  const id = input.id ?? MediaId.parse(uuidv7());
  // The upload first: one that another request for this id took in the meantime is found as its record.
  const upload = input.upload === undefined ? null : await readUpload(ctx, input.upload);
  const saved = await findSaved(ctx, id);
  if (input.upload !== undefined && !upload) {
    if (saved) return saved;
    throw notFound('upload');
  }

  // What was uploaded is read where it lies: a film need not fit into memory.
  const original = upload ?? decodeBase64(input.data ?? '', { field: 'data' });
  const sha256 =
    original instanceof Uint8Array ? createHash('sha256').update(original).digest('hex') : original.sha256;
  if (saved) return requireBytes(saved, sha256);
  const prepared = await (original instanceof Uint8Array
    ? prepareMedia(original, { field: 'data' })
    : ctx.storage.lend(original.key, (path) => prepareMedia(path, { field: 'upload' })));
  if (!prepared) throw notFound('upload');
  requireKind(input, prepared);

  const beside = await stageSources(ctx, id, sources);
  const staged = await stageFiles(ctx, id, original, prepared);
  const files = [...staged, ...beside.files];
  const inserted = await writeLibrary(ctx, async (tx, head) => {
    const recipe = { id, origin: 'uploaded' as const, ...recipeOf(ctx, input, prepared) };
    const taken = await insertMedia(tx, head, ctx, recipe, prepared, files);
    if (taken && (upload || beside.files.length > 0)) await takeUploads(tx, files);
    return taken;
  });
  if (!inserted) {
    const own = staged.map(({ object }) => object).filter((object) => object !== upload);
    await doomStaged(ctx, [...own, ...beside.own]);
  }
  const media = await findSaved(ctx, id);
  if (!media) throw new AppError('CONFLICT', 'This id cannot be used. Make a new one.', { field: 'id' });
  return requireBytes(media, sha256);
}
