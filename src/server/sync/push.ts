/**
 * Takes operations out of a device's outbox, in order, each once. An operation, its effect and the number of the
 * newest one taken are one transaction: whatever is lost on the way back, sending it again changes nothing.
 */
import { and, eq, lt } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import type { Ack, Op, PushInput, PushResult } from '#core/sync.ts';
import type { LibraryCtx } from '../context.ts';
import type { Tx } from '../db/client.ts';
import { readLibrary, writeLibrary, type Head } from '../db/doors.ts';
import { libraries, syncClients } from '../db/schema.ts';
import { applyCollect, applyCreate, applyDelete, applyRename } from '../collection/change.ts';
import { applyPatch, applyPurge, applyRestore, applyTrash } from '../media/change.ts';
import { saveMedia } from '../media/save.ts';

/** As long as a guest's credential lasts, in days: an operation that waited longer may take effect twice. */
const CLIENT_DAYS = 400;

type Device = Pick<PushInput, 'clientId'>;

const ofDevice = (ctx: LibraryCtx, { clientId }: Device) =>
  and(eq(syncClients.libraryId, ctx.library), eq(syncClients.clientId, clientId));

async function apply(tx: Tx, head: Head, ctx: LibraryCtx, op: Op): Promise<boolean> {
  switch (op.type) {
    case 'save':
      return true;
    case 'patch':
      return applyPatch(tx, head, ctx, op.id, op.patch);
    case 'trash':
      return applyTrash(tx, head, ctx, [op.id]);
    case 'restore':
      return applyRestore(tx, head, ctx, [op.id]);
    case 'purge':
      return applyPurge(tx, head, ctx, [op.id]);
    case 'collect':
      return applyCollect(tx, head, ctx, [op.id], op);
    case 'collection-create':
      return applyCreate(tx, head, ctx, op.id, op.name);
    case 'collection-rename':
      return applyRename(tx, head, ctx, op.id, op.name);
    case 'collection-delete':
      return applyDelete(tx, head, ctx, op.id);
  }
}

/** A refusal of the operation itself; anything else may pass and is for the device to send again. */
const isRefusal = (error: unknown): error is AppError =>
  error instanceof AppError &&
  error.code !== 'OWNER_CHANGED' &&
  error.code !== 'UNAVAILABLE' &&
  error.code !== 'INTERNAL' &&
  error.code !== 'RATE_LIMITED';

async function pushOne(ctx: LibraryCtx, device: Device, op: Op): Promise<Ack> {
  let refusal: AppError | null = null;
  const refuse = (error: unknown) => {
    if (!isRefusal(error)) throw error;
    refusal = error;
  };
  // Bytes are read and rendered outside of the transaction; saving is idempotent by the media id.
  if (op.type === 'save' && !(await wasTaken(ctx, device, op.seq))) {
    await saveMedia(ctx, { ...op.input, id: op.id }).catch(refuse);
  }
  return writeLibrary(ctx, async (tx, head) => {
    const [seen] = await tx.select().from(syncClients).where(ofDevice(ctx, device));
    if (seen && op.seq <= seen.lastSeq) {
      const refused = seen.rejected.find((ack) => ack.seq === op.seq);
      return refused ?? { seq: op.seq, version: head.version, status: 'noop', error: null };
    }
    const changed =
      refusal === null && (await tx.transaction((nested) => apply(nested, head, ctx, op)).catch(refuse));
    const ack = toAck(op, head, changed === true, refusal);
    const rejected = [...(seen?.rejected ?? []).slice(-49), ...(ack.status === 'rejected' ? [ack] : [])];
    if (!seen) await forgetClients(tx, ctx);
    await tx
      .insert(syncClients)
      .values({
        libraryId: ctx.library,
        clientId: device.clientId,
        lastSeq: op.seq,
        rejected,
        seenAt: ctx.now(),
      })
      .onConflictDoUpdate({
        target: [syncClients.libraryId, syncClients.clientId],
        set: { lastSeq: op.seq, rejected, seenAt: ctx.now() },
      });
    return ack;
  });
}

/** Every visit of a device is a client: those are forgotten of which nothing can come any more. */
async function forgetClients(tx: Tx, ctx: LibraryCtx) {
  const longAgo = new Date(ctx.now().getTime() - CLIENT_DAYS * 86_400_000);
  await tx
    .delete(syncClients)
    .where(and(eq(syncClients.libraryId, ctx.library), lt(syncClients.seenAt, longAgo)));
}

function toAck(op: Op, head: Head, changed: boolean, refusal: AppError | null): Ack {
  if (refusal === null) {
    return { seq: op.seq, version: head.version, status: changed ? 'ok' : 'noop', error: null };
  }
  const { code, message } = refusal;
  return { seq: op.seq, version: head.version, status: 'rejected', error: { code, message } };
}

const wasTaken = (ctx: LibraryCtx, device: Device, seq: number) =>
  readLibrary(ctx, async (tx) => {
    const [seen] = await tx.select().from(syncClients).where(ofDevice(ctx, device));
    return seen !== undefined && seq <= seen.lastSeq;
  });

/** @returns Acks in the order of the operations; none when the device speaks of another epoch. */
export async function pushOps(ctx: LibraryCtx, input: PushInput): Promise<PushResult> {
  const epoch = await readLibrary(ctx, async (tx) => {
    const [head] = await tx
      .select({ epoch: libraries.epoch })
      .from(libraries)
      .where(eq(libraries.id, ctx.library));
    return head?.epoch;
  });
  if (epoch === undefined) throw new AppError('GUEST_REQUIRED', 'This browser has no library yet.');
  if (input.epoch !== undefined && input.epoch !== epoch) return { epoch, acks: [] };
  const acks: Ack[] = [];
  for (const op of input.ops) acks.push(await pushOne(ctx, input, op));
  if (input.ops.some((op) => op.type === 'purge')) await ctx.queue.sendSweep();
  return { epoch, acks };
}
