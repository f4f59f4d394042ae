import { isUnsent, type Pending } from '#core/overlay.ts';
import { parseCursor } from '#core/protocol.ts';
import type { LibraryDb } from '../store/library-db.ts';
import type { Snapshot } from '../store/snapshot.ts';
import type { StoredUpload } from '../store/stored-shapes.ts';
import type { Adopted } from './pull.ts';

const isSame = (a: Pending, b: Pending) => a.clientId === b.clientId && a.op.seq === b.op.seq;

/**
 * Takes over what was not acknowledged in a library that was merged into this one. Operations keep the client and
 * number they were made with, under which the server knows those that it had already taken; so a move that was cut
 * short can be made again.
 */
export function receive(
  now: Snapshot,
  outbox: readonly Pending[],
  uploads: readonly StoredUpload[],
): Snapshot {
  let last = Math.max(now.client.last, now.outbox.at(-1)?.order ?? 0);
  const renumber = <Item extends { order: number }>(item: Item): Item => ({ ...item, order: ++last });
  const arriving = outbox
    .filter(
      (pending) =>
        (isUnsent(pending) || pending.error !== null) && !now.outbox.some((own) => isSame(own, pending)),
    )
    .map((pending) => ({ ...pending, heldIn: undefined }))
    .map(renumber);
  const files = uploads
    .filter(({ draft }) => !now.uploads.some((own) => own.draft.id === draft.id))
    .map(renumber);
  return {
    ...now,
    client: { ...now.client, last },
    outbox: [...now.outbox, ...arriving],
    uploads: [...now.uploads, ...files],
  };
}

/** What an engine may take over of another library, so that nothing known is fetched again. */
export const heldIn = ({ base }: Snapshot, library: string): Adopted | undefined =>
  base.cursor === null ? undefined : { library, version: parseCursor(base.cursor).version, rows: base.rows };

/** @returns What the next pulls of `to` may take over from the old base. */
export async function moveOwnChanges(
  from: LibraryDb,
  to: LibraryDb,
  library: string,
): Promise<Adopted | undefined> {
  const held = await from.refresh();
  const { outbox, uploads } = held;
  const files = new Map<StoredUpload['input']['upload'], Blob>();
  for (const { input } of uploads) {
    const file = await from.readFile(input.upload);
    if (file) files.set(input.upload, file);
  }
  for (const { op } of outbox) {
    if (op.type !== 'save' || !op.input.upload) continue;
    const file = await from.readFile(op.input.upload);
    if (file) files.set(op.input.upload, file);
  }
  await to.change((now) => receive(now, outbox, uploads), { durable: true, files });
  await from.change((now) => ({ ...now, outbox: [], uploads: [] }), { durable: true });
  return heldIn(held, library);
}
