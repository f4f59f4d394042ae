/** The library that every candidate holds, made from numbers alone: the same rows in the browser's server and in the checks. */
import { MediaId, type Media } from '#core/media.ts';
import { byNewest } from '#core/reconcile.ts';
import { VIEW } from './view.ts';

/** Size of a row as JSON, in bytes. */
export const ROW_BYTES = 560;

export type State = { version: number; rows: readonly Media[] };
export type Changes = { rows: Media[]; gone: MediaId[] };

const uuid = (n: number) => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const idOf = (n: number) => MediaId.parse(uuid(n));
const momentAt = (n: number) => new Date(1_700_000_000_000 + n * 1000).toISOString();
const hex = (n: number) => (Math.imul(n + 1, 2_654_435_761) >>> 0).toString(16).padStart(8, '0');

const WORDS = ['a quiet harbour', 'morning fog', 'paper lanterns', 'tall grass', 'slow rain', 'a red door'];

function makeRow(n: number, version: number): Media {
  const id = idOf(n);
  const row: Media = {
    id,
    version,
    kind: 'image',
    origin: 'generated',
    prompt: '',
    headline: null,
    tags: [],
    collectionIds: [],
    starred: n % 7 === 0,
    model: 'demo-image',
    provider: 'demo',
    seed: 100_000 + n,
    settings: {},
    metadata: {},
    width: 1024,
    height: 1024,
    durationMs: null,
    mime: 'image/webp',
    bytes: 100_000 + n,
    sha256: hex(n),
    thumbhash: null,
    generationId: null,
    outputIndex: null,
    createdAt: momentAt(n),
    updatedAt: momentAt(n),
    trashedAt: null,
    urls: { original: `/media/${n}` },
  };
  const text = `${WORDS[n % 6]}, ${WORDS[(n + 2) % 6]}, ${WORDS[(n + 4) % 6]}, seen at dusk`.repeat(4);
  return { ...row, prompt: text.slice(0, ROW_BYTES - JSON.stringify(row).length) };
}

/** `count` rows, newest first. The newest was written last. */
export function makeLibrary(count: number): State {
  const rows = Array.from({ length: count }, (_, index) => makeRow(count - index, count - index));
  return { version: count, rows };
}

/**
 * The `count` changes of one message: of ten, one deletion, one new row and eight edits; half of them among the
 * newest 500 and half spread over the rest.
 */
function changesOf({ version, rows }: State, count: number): Changes {
  const top = Math.min(VIEW, rows.length);
  const stride = Math.max(1, Math.floor((rows.length - top) / 500));
  const changes: Changes = { rows: [], gone: [] };
  for (let n = 0; n < count; n++) {
    const half = n >> 1;
    const inTop = n % 2 === 0 || rows.length === top;
    const row = rows[inTop ? ((rows.length === top ? n : half) * 7 + 3) % top : top + half * stride];
    if (!row) throw new Error(`${rows.length} rows are too few for ${count} changes`);
    const newVersion = version + n + 1;
    if (n % 10 === 4) changes.gone.push(row.id);
    else if (n % 10 === 8) changes.rows.push(makeRow(1_000_000 + newVersion, newVersion));
    else {
      const { version: _, ...rest } = row;
      changes.rows.push({
        ...rest,
        version: newVersion,
        starred: !row.starred,
        updatedAt: momentAt(newVersion),
      });
    }
  }
  return changes;
}

/** The library after one message of `count` changes, and the message. */
export function advance(state: State, count: number): { state: State; changes: Changes } {
  const changes = changesOf(state, count);
  const rows = new Map(state.rows.map((row) => [row.id, row]));
  for (const row of changes.rows) rows.set(row.id, row);
  for (const id of changes.gone) rows.delete(id);
  return {
    state: { version: state.version + count, rows: [...rows.values()].sort(byNewest) },
    changes,
  };
}
