/** Histories of other galleries, taken over entry by entry: each answers for itself, and a repeat changes nothing. */
import { z } from 'zod';
import { MediaId } from './media.ts';

/** Entries that one call takes: of a preview without looking at links, and of those that fetch. */
export const MAX_PREVIEW_ENTRIES = 200;
export const MAX_IMPORT_ENTRIES = 20;

/** As the other gallery had it; `core/history.ts` says what is understood. */
const Entries = z.array(z.json()).min(1);

export const PreviewImportInput = z
  .strictObject({
    entries: Entries.max(MAX_PREVIEW_ENTRIES),
    /** Also ask each new link whether it still leads to an image or a video. At most 20 entries then. */
    checkLinks: z.boolean().default(false),
  })
  .refine(({ entries, checkLinks }) => !checkLinks || entries.length <= MAX_IMPORT_ENTRIES, {
    message: `Send at most ${MAX_IMPORT_ENTRIES} entries when their links are to be checked.`,
    path: ['entries'],
  });
export type PreviewImportInput = z.infer<typeof PreviewImportInput>;

export const ImportInput = z.strictObject({ entries: Entries.max(MAX_IMPORT_ENTRIES) });
export type ImportInput = z.infer<typeof ImportInput>;

const common = {
  /** Place of the entry in the list that was sent, from 0. */
  index: z.int(),
  /** The item that holds it. */
  id: MediaId.nullable(),
  /** Whether that item is in the trash. */
  trashed: z.boolean(),
  /** Why it is not brought in; of one that is, what was too long to be kept whole. */
  reason: z.string().nullable(),
};

/**
 * new: nothing here has its link, the UUID in it, or its bytes; here: an item has; repeat: an entry before it in this
 * list has; dead: its link leads nowhere any more, or to something else; refused: its link is not asked; invalid: it
 * cannot be read.
 */
export const PreviewState = z.enum(['new', 'here', 'repeat', 'dead', 'refused', 'invalid']);
export type PreviewState = z.infer<typeof PreviewState>;
export const PreviewedEntry = z.object({ ...common, state: PreviewState });
export type PreviewedEntry = z.infer<typeof PreviewedEntry>;
export const ImportPreview = z.object({ entries: z.array(PreviewedEntry) });
export type ImportPreview = z.infer<typeof ImportPreview>;

/** As of a preview; saved: it was brought in now; failed: not now, and sending it again may help. */
export const ImportState = z.enum(['saved', 'here', 'repeat', 'dead', 'refused', 'invalid', 'failed']);
export type ImportState = z.infer<typeof ImportState>;
export const ImportedEntry = z.object({ ...common, state: ImportState });
export type ImportedEntry = z.infer<typeof ImportedEntry>;
export const ImportResult = z.object({
  entries: z.array(ImportedEntry),
  /** Seconds after which entries that failed may be sent again; 0 for those that were not begun in time. */
  retryAfter: z.number().nullable(),
});
export type ImportResult = z.infer<typeof ImportResult>;
