import type { MediaId } from '#core/media.ts';
import type { Refusal } from '#core/overlay.ts';
import type { Snapshot } from '../store/snapshot.ts';
import { isFinal } from './remote-port.ts';
import type { UploadProgress } from './upload-port.ts';

export type UploadItem = {
  /** The id that the media record will have. */
  id: MediaId;
  name: string;
  bytes: number;
  /** Bytes that have arrived. */
  sent: number;
  state: 'reading' | 'waiting' | 'sending' | 'saving' | 'saved' | 'failed';
  error: string | null;
  /** Its place among this device's operations, by which it is tried again or given up; null when it is in none. */
  order: number | null;
  canRetry: boolean;
};

export type UploadTotals = { files: number; saved: number; failed: number; bytes: number; sent: number };

const NOT_READ = 'Not kept: the page was closed while it was read. Choose it again.';

const IN_NO_PLACE = { order: null, canRetry: false };

const failureOf = (error: Refusal | null, order: number) =>
  error ? { error: error.message, order, canRetry: !isFinal(error) } : { error: null, ...IN_NO_PLACE };

/** Where each file is: chosen in this page, or left over from an earlier one. */
export function listUploads(
  { uploads, outbox, reading }: Snapshot,
  { chosen, sending, gone }: UploadProgress,
): UploadItem[] {
  const items = new Map<MediaId, UploadItem>();
  for (const { id, name, bytes, page } of reading) {
    if (!gone.has(page)) continue;
    items.set(id, { id, name, bytes, sent: 0, state: 'failed', error: NOT_READ, ...IN_NO_PLACE });
  }
  for (const { id, name, bytes, isReading, error } of chosen) {
    const state = error !== null ? 'failed' : isReading ? 'reading' : 'saved';
    const sent = state === 'saved' ? bytes : 0;
    items.set(id, { id, name, bytes, sent, state, error, ...IN_NO_PLACE });
  }
  for (const { draft, input, error, order } of uploads) {
    const { id, bytes } = draft;
    const sent = sending.get(id);
    items.set(id, {
      id,
      name: input.filename ?? '',
      bytes,
      sent: sent ?? 0,
      state: error ? 'failed' : sent === undefined ? 'waiting' : 'sending',
      ...failureOf(error, order),
    });
  }
  for (const { op, ack, error, order, draft } of outbox) {
    if (op.type !== 'save' || ack !== null) continue;
    const bytes = draft?.bytes ?? 0;
    items.set(op.id, {
      id: op.id,
      name: op.input.filename ?? '',
      bytes,
      sent: bytes,
      state: error ? 'failed' : 'saving',
      ...failureOf(error, order),
    });
  }
  return [...items.values()];
}

/** Of all that can still arrive: what was refused counts as a file, not as bytes. */
export function totalUploads(items: readonly UploadItem[]): UploadTotals {
  const totals: UploadTotals = { files: items.length, saved: 0, failed: 0, bytes: 0, sent: 0 };
  for (const { state, bytes, sent } of items) {
    if (state === 'saved') totals.saved += 1;
    if (state === 'failed') totals.failed += 1;
    else {
      totals.bytes += bytes;
      totals.sent += sent;
    }
  }
  return totals;
}
