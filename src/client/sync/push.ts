import { acknowledge, isUnsent, nextPush, settle, type Refusal } from '#core/overlay.ts';
import type { PushInput, PushResult } from '#core/sync.ts';
import type { LibraryDb } from '../store/library-db.ts';
import { RemoteError, type Remote } from './remote-port.ts';
import { opRefused } from './steps.ts';

/**
 * Sends the oldest operations and notes the answer. Noting it may fail, on a full disk for one: then they are sent
 * again and the server skips them, so that an accepted operation is never taken for a refused one.
 * @returns false when there was nothing to send.
 */
export async function push(db: LibraryDb, remote: Remote, signal?: AbortSignal): Promise<boolean> {
  const input = nextPush(db.latest.outbox, db.latest.base.cursor);
  if (!input) return false;
  try {
    await note(db, input, await remote.push(input, signal));
  } catch (error) {
    if (!(error instanceof RemoteError) || error.isPassing || error.isOwnerChange) throw error;
    // The server refused the request as a whole and cannot say which operation is at fault: one at a time tells.
    await pushOne(db, remote, signal);
  }
  return true;
}

async function pushOne(db: LibraryDb, remote: Remote, signal?: AbortSignal): Promise<void> {
  const input = nextPush(db.latest.outbox, db.latest.base.cursor, 1);
  const first = db.latest.outbox.find(isUnsent);
  if (!input || !first) return;
  try {
    await note(db, input, await remote.push(input, signal));
  } catch (error) {
    if (!(error instanceof RemoteError) || error.isPassing || error.isOwnerChange) throw error;
    const refusal: Refusal = { code: error.code, message: error.message };
    await db.change((now) => opRefused(now, first.order, refusal));
  }
}

const note = (db: LibraryDb, { clientId }: PushInput, result: PushResult) =>
  db.change((now) => {
    const { cursor } = now.base;
    return { ...now, outbox: settle(acknowledge(now.outbox, clientId, result, cursor), cursor) };
  });
