import type { Media, MediaId } from '#core/media.ts';
import { encodePageCursor } from '#core/cursor.ts';
import { SYNC_SCHEMA } from '#core/protocol.ts';
import {
  applyDelta,
  applyTopUp,
  applyWindow,
  WINDOW_LIMITS,
  type Base,
  type Delta,
  type WindowLimits,
} from '#core/reconcile.ts';
import type { Cursor } from '#core/sync.ts';
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

export type PullOptions = { limits?: WindowLimits; adopted?: Adopted; signal?: AbortSignal };

const onBase = (move: (base: Base) => Base | null) => (now: Snapshot) => {
  const base = move(now.base);
  return base && withBase(now, base);
};

/** Brings the base to what the server has: one request when the base can follow, two when it starts over. */
export async function pull(db: LibraryDb, remote: Remote, options: PullOptions = {}): Promise<Pulled> {
  const { limits = WINDOW_LIMITS, adopted, signal } = options;
  const asked = db.latest.base.cursor;
  if (asked !== null) {
    const adopt = adopted && { library: adopted.library, version: adopted.version };
    const answer = await remote.changes({ cursor: asked, schema: SYNC_SCHEMA, adopt }, signal);
    if (answer.type === 'same' || answer.type === 'moved') return answer;
    if (answer.type === 'delta') {
      if (answer.changes.length === 0 && answer.cursor === asked) return { type: 'same' };
      const rows = adopted?.rows;
      const written = await db.change(
        onBase((base) => applyDelta(base, asked, answer, { adopted: rows, limits })),
      );
      return written ? { type: 'followed', asked, delta: answer } : { type: 'overtaken' };
    }
  }
  const window = await remote.window({ limit: limits.window }, signal);
  const written = await db.change(onBase((base) => applyWindow(base, asked, window)));
  return written ? { type: 'restarted' } : { type: 'overtaken' };
}

/** Fills a window that deletions have made small. */
export async function topUp(db: LibraryDb, remote: Remote, options: PullOptions = {}): Promise<void> {
  const { limits = WINDOW_LIMITS, signal } = options;
  const { reach } = db.latest.base;
  if (reach === null) return;
  const before = encodePageCursor({ createdAt: new Date(reach.createdAt), id: reach.id });
  const page = await remote.window({ before, limit: limits.window }, signal);
  await db.change(onBase((base) => applyTopUp(base, reach, page)));
}
