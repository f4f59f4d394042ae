/**
 * Takes over a history of another gallery. Every entry answers for itself, so that one bad entry never blocks the rest;
 * an entry that was brought in before is found by its link, the UUID in it, or its bytes, and changes nothing.
 */
import { and, eq, inArray, or } from 'drizzle-orm';
import { createHash } from 'node:crypto';
import { AppError, type ErrorCode } from '#core/errors.ts';
import { keyOf, readEntry, type HistoryItem } from '#core/history.ts';
import type {
  ImportedEntry,
  ImportInput,
  ImportPreview,
  ImportResult,
  ImportState,
  PreviewedEntry,
  PreviewImportInput,
} from '#core/import.ts';
import type { MediaId } from '#core/media.ts';
import type { LibraryCtx } from '../context.ts';
import { readLibrary } from '../db/doors.ts';
import { media } from '../db/schema.ts';
import { countFetch, subjectOf } from '../fetch/count-fetch.ts';
import { readLink, sourceOf, type Link } from '../fetch/link.ts';
import { decodeBase64 } from '../ingest/base64.ts';
import { log } from '../log.ts';
import { storageFailure } from '../storage/port.ts';
import { isLive } from './rows.ts';
import { keepBytes, keepLink } from './save-link.ts';

/** Entries of one call that are worked on at the same time. */
const PARALLEL = 3;
/** After so long nothing more of a call is begun: the slowest link still ends within the minute that proxies wait. */
const BEGIN_MS = 5000;

type Found =
  | { type: 'link'; link: Link; item: HistoryItem }
  | { type: 'data'; bytes: Uint8Array; sha256: string; item: HistoryItem }
  | { type: 'hash'; sha256: string; item: HistoryItem };

/** @throws AppError LINK_REFUSED, or BAD_INPUT for bytes that cannot be read. */
function resolveSource(item: HistoryItem): Found {
  const { source } = item;
  switch (source.type) {
    case 'link':
      return { type: 'link', link: readLink(source.url), item };
    case 'data': {
      const bytes = decodeBase64(source.data, { field: 'url' });
      return { type: 'data', bytes, sha256: createHash('sha256').update(bytes).digest('hex'), item };
    }
    case 'hash':
      return { type: 'hash', sha256: source.sha256, item };
  }
}

type Judged =
  | { index: number; found: Found; shortened: string | null }
  | { index: number; state: 'invalid' | 'refused' | 'repeat'; reason: string };

/** What can be said of each entry by its text alone. */
function judge(entries: readonly unknown[]): Judged[] {
  const first = new Map<string, number>();
  return entries.map((entry, index): Judged => {
    const read = readEntry(entry);
    if (read.type === 'invalid') return { index, state: 'invalid', reason: read.reason };
    const before = first.get(keyOf(read.item));
    if (before !== undefined)
      return { index, state: 'repeat', reason: `The same picture as entry ${before}.` };
    first.set(keyOf(read.item), index);
    try {
      return { index, found: resolveSource(read.item), shortened: read.shortened };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { index, state: error.code === 'LINK_REFUSED' ? 'refused' : 'invalid', reason: error.message };
    }
  });
}

const NOTHING = { id: null, trashed: false, reason: null };
const PASSED_OVER = 'Others of this call took so long that this one was not begun: send it again.';

/** Works on a few at a time, passes over those that are not begun in time, and answers in their order. */
async function eachOf<T, R>(
  items: readonly T[],
  { work, passOver, beginMs }: { work: (item: T) => Promise<R>; passOver: (item: T) => R; beginMs: number },
): Promise<R[]> {
  const results: R[] = [];
  const rest = items.entries();
  const end = performance.now() + beginMs;
  await Promise.all(
    Array.from({ length: PARALLEL }, async (_, worker) => {
      // Each begins one whatever the time, so that every call gets further.
      for (const [index, item] of rest) {
        const isBegun = index <= worker || performance.now() < end;
        results[index] = isBegun ? await work(item) : passOver(item);
      }
    }),
  );
  return results;
}

/** The items that hold any of these, asked at once. */
async function findHere(ctx: LibraryCtx, found: readonly Found[]) {
  const sources = found.flatMap((one) => (one.type === 'link' ? [sourceOf(one.link)] : []));
  const urls = sources.map(({ sourceUrl }) => sourceUrl);
  const uuids = sources.flatMap(({ sourceUuid }) => sourceUuid ?? []);
  const hashes = found.flatMap((one) => (one.type === 'link' ? [] : [one.sha256]));
  const rows = await readLibrary(ctx, (tx) =>
    tx
      .select({
        id: media.id,
        trashedAt: media.trashedAt,
        sourceUrl: media.sourceUrl,
        sourceUuid: media.sourceUuid,
        sha256: media.sha256,
      })
      .from(media)
      .where(
        and(
          eq(media.libraryId, ctx.library),
          isLive,
          or(inArray(media.sourceUrl, urls), inArray(media.sourceUuid, uuids), inArray(media.sha256, hashes)),
        ),
      ),
  );
  return (one: Found) => {
    if (one.type !== 'link') return rows.find((row) => row.sha256 === one.sha256);
    const { sourceUrl, sourceUuid } = sourceOf(one.link);
    return rows.find(
      (row) => row.sourceUrl === sourceUrl || (sourceUuid !== null && row.sourceUuid === sourceUuid),
    );
  };
}

/** What becomes of an entry whose link or bytes were refused; every other failure may pass. */
const STATE_OF: Partial<Record<ErrorCode, 'dead' | 'refused' | 'invalid'>> = {
  LINK_DEAD: 'dead',
  LINK_REFUSED: 'refused',
  BAD_INPUT: 'invalid',
  UNSUPPORTED_MEDIA: 'invalid',
  TOO_LARGE: 'invalid',
};

/**
 * What an import would do. Changes nothing, and asks nobody but the database unless `checkLinks` is set; a link whose
 * state cannot be told now counts as new.
 */
export async function previewImport(
  ctx: LibraryCtx,
  { entries, checkLinks }: PreviewImportInput,
  network: string | null,
  beginMs = BEGIN_MS,
): Promise<ImportPreview> {
  const judged = judge(entries);
  const here = await findHere(
    ctx,
    judged.flatMap((one) => ('found' in one ? [one.found] : [])),
  );
  function compare(one: Judged): PreviewedEntry {
    const { index } = one;
    if (!('found' in one)) return { ...NOTHING, ...one };
    const row = here(one.found);
    if (!row) return { ...NOTHING, index, state: 'new', reason: one.shortened };
    return { index, state: 'here', id: row.id, trashed: row.trashedAt !== null, reason: null };
  }
  async function ask(one: Judged): Promise<PreviewedEntry> {
    const { index } = one;
    const compared = compare(one);
    const found = 'found' in one ? one.found : null;
    if (compared.state !== 'new' || found?.type !== 'link') return compared;
    try {
      await countFetch(ctx, network);
      await ctx.fetcher.probe(found.link, subjectOf(ctx, network));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const state = STATE_OF[error.code];
      // Whatever a link leads to that is no picture has taken the picture's place.
      if (state) {
        return { ...NOTHING, index, state: state === 'refused' ? state : 'dead', reason: error.message };
      }
    }
    return compared;
  }
  if (!checkLinks) return { entries: judged.map(compare) };
  return { entries: await eachOf(judged, { work: ask, passOver: compare, beginMs }) };
}

async function importOne(
  ctx: LibraryCtx,
  found: Found,
  network: string | null,
): Promise<{ id: MediaId; isNew: boolean; trashed: boolean }> {
  const { source: _source, prompt, headline, model, seed, createdAt, ...rest } = found.item;
  const described = {
    ...rest,
    // What the entry does not say, the file may.
    ...(prompt !== '' && { prompt }),
    ...(headline !== null && { headline }),
    ...(model !== null && { model }),
    ...(seed !== null && { seed }),
    ...(createdAt !== null && { createdAt }),
  };
  if (found.type === 'hash') {
    throw new AppError('BAD_INPUT', 'This entry has the hash of a picture and not its bytes.', {
      field: 'url',
    });
  }
  const { item, isNew } = await (found.type === 'link'
    ? keepLink(ctx, { url: found.link.url.href, ...described }, network)
    : keepBytes(ctx, found.bytes, described));
  return { id: item.id, isNew, trashed: item.trashedAt !== null };
}

/**
 * Brings entries in. Those that fail for a while (`failed`) may be sent again, with all others: what is here stays as
 * it is. So may those that were not begun in time; `retryAfter` is 0 then, unless others have to wait.
 * @throws AppError OWNER_CHANGED; all other failures are an entry's own.
 */
export async function importEntries(
  ctx: LibraryCtx,
  { entries }: ImportInput,
  network: string | null,
  beginMs = BEGIN_MS,
): Promise<ImportResult> {
  let retryAfter: number | null = null;

  async function bring(one: Judged): Promise<ImportedEntry> {
    const { index } = one;
    if (!('found' in one)) return { ...NOTHING, ...one };
    try {
      const { isNew, ...kept } = await importOne(ctx, one.found, network);
      return isNew
        ? { ...kept, index, state: 'saved', reason: one.shortened }
        : { ...kept, index, state: 'here', reason: null };
    } catch (cause) {
      const error = storageFailure(cause, 'url');
      const known = error instanceof AppError ? error : null;
      if (known?.code === 'OWNER_CHANGED') throw known;
      if (known?.retryAfter) retryAfter = Math.max(retryAfter ?? 0, known.retryAfter);
      if (!known) log.error('an entry of an import failed', error);
      const state: ImportState = (known && STATE_OF[known.code]) ?? 'failed';
      return { ...NOTHING, index, state, reason: known?.message ?? PASSING };
    }
  }
  function passOver(one: Judged): ImportedEntry {
    const { index } = one;
    if (!('found' in one)) return { ...NOTHING, ...one };
    retryAfter ??= 0;
    return { ...NOTHING, index, state: 'failed', reason: PASSED_OVER };
  }
  return { entries: await eachOf(judge(entries), { work: bring, passOver, beginMs }), retryAfter };
}

const PASSING = 'Something went wrong on this server. Nothing of this entry was saved: try again.';
