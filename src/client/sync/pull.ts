import type { Media, MediaId } from '#core/media.ts';
import { encodePageCursor } from '#core/cursor.ts';
import { clientsOf, markHeld } from '#core/overlay.ts';
import { CLIENTS_LIMIT, parseCursor, SYNC_SCHEMA } from '#core/protocol.ts';
import {
  applyDelta,
  applyTopUp,
  applyWindow,
  WINDOW_LIMITS,
  type Base,
  type Delta,
  type WindowLimits,
} from '#core/reconcile.ts';
import type { ClientId, Cursor, Taken } from '#core/sync.ts';
import type { LibraryDb } from '../store/library-db.ts';
import { withBase, type Snapshot } from '../store/snapshot.ts';
import type { Remote } from './remote-port.ts';

export type Pulled =
  | { type: 'same' }
  /** `delta` has everything that changed, rows beyond the window included. */
  | { type: 'followed'; asked: Cursor; delta: Delta }
  | { type: 'restarted' }
  /** Another tab moved the base meanwhile: the answer was dropped. */
  | { type: 'overtaken' }
  | { type: 'moved'; to: string };

/** A library that was merged into this one, as this device last knew it. */
export type Adopted = { library: string; version: number; rows: ReadonlyMap<MediaId, Media> };

/** How long a device that had no room is not asked to keep more. */
const ROOM_PATIENCE = 86_400_000;

/** How much this device keeps. @param now Milliseconds since 1970, as this device's clock says. */
export function limitsOf({ room }: Snapshot, now = Date.now()): WindowLimits {
  // The clock may have been set back since.
  if (!room || Math.abs(now - Date.parse(room.at)) > ROOM_PATIENCE) return WINDOW_LIMITS;
  return { window: room.rows, max: 2 * room.rows };
}

export type PullOptions = { limits?: WindowLimits; adopted?: Adopted; signal?: AbortSignal };

/** Takes an answer into the base, and notes which of the person's operations came with it. */
const take =
  (
    move: (base: Base) => Base | null,
    asOf: Cursor,
    answer: { clients: readonly ClientId[]; taken: readonly Taken[] | undefined; ids?: ReadonlySet<MediaId> },
  ) =>
  (now: Snapshot) => {
    const base = move(now.base);
    const outbox = base && markHeld(now.outbox, { ...answer, epoch: parseCursor(asOf).epoch });
    return outbox && withBase({ ...now, outbox }, base);
  };

/** What waits now, and how to ask about it. */
function askAbout({ outbox }: Snapshot) {
  const clients = clientsOf(outbox);
  return { clients, about: clients.length > 0 ? { clients: clients.slice(0, CLIENTS_LIMIT) } : {} };
}

/** Brings the base to what the server has: one request when the base can follow, two when it starts over. */
export async function pull(db: LibraryDb, remote: Remote, options: PullOptions = {}): Promise<Pulled> {
  const { limits = limitsOf(db.latest), adopted, signal } = options;
  const asked = db.latest.base.cursor;
  const { clients, about } = askAbout(db.latest);
  if (asked !== null) {
    const adopt = adopted && { library: adopted.library, version: adopted.version };
    const answer = await remote.changes({ cursor: asked, schema: SYNC_SCHEMA, adopt, ...about }, signal);
    if (answer.type === 'same' || answer.type === 'moved') return answer;
    if (answer.type === 'delta') {
      if (answer.changes.length === 0 && answer.cursor === asked) return { type: 'same' };
      const rows = adopted?.rows;
      const written = await db.change(
        take((base) => applyDelta(base, asked, answer, { adopted: rows, limits }), answer.cursor, {
          clients,
          taken: answer.taken,
        }),
      );
      return written ? { type: 'followed', asked, delta: answer } : { type: 'overtaken' };
    }
  }
  const window = await remote.window({ limit: limits.window, ...about }, signal);
  const { asOf, taken } = window;
  const written = await db.change(take((base) => applyWindow(base, asked, window), asOf, { clients, taken }));
  return written ? { type: 'restarted' } : { type: 'overtaken' };
}

/** Fills a window that deletions have made small. */
export async function topUp(db: LibraryDb, remote: Remote, options: PullOptions = {}): Promise<void> {
  const { limits = limitsOf(db.latest), signal } = options;
  const { reach } = db.latest.base;
  if (reach === null) return;
  const before = encodePageCursor({ createdAt: new Date(reach.createdAt), id: reach.id });
  const { clients, about } = askAbout(db.latest);
  const page = await remote.window({ before, limit: limits.window, ...about }, signal);
  const { asOf, taken } = page;
  // The rest of the base may be older than these rows, and lack what they contain.
  const ids = new Set(page.rows.map(({ id }) => id));
  await db.change(take((base) => applyTopUp(base, reach, page), asOf, { clients, taken, ids }));
}
