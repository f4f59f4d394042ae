/** What becomes of a file, as steps from one snapshot to the next. */
import type { MediaId } from '#core/media.ts';
import type { Refusal } from '#core/overlay.ts';
import type { Snapshot } from '../store/snapshot.ts';
import type { StoredReading } from '../store/stored-shapes.ts';
import { append } from './steps.ts';

/** The bytes have arrived: from here on it is an operation like any other. */
export function uploadArrived(now: Snapshot, id: MediaId, at: string): Snapshot | null {
  const upload = now.uploads.find(({ draft }) => draft.id === id);
  if (!upload) return null;
  const uploads = now.uploads.filter((other) => other !== upload);
  const { collectionIds: add, ...facts } = upload.draft;
  const draft = { ...facts, collectionIds: [] };
  const saving = append({ ...now, uploads }, { type: 'save', id, input: upload.input }, at, draft);
  // An operation of its own: a collection that is gone by now is no reason to refuse the file.
  return add.length > 0 ? append(saving, { type: 'collect', id, add, remove: [] }, at) : saving;
}

/** Names are written down before any file is read: what a page that is closed has not read can be told by name. */
export const beginReading = (now: Snapshot, files: readonly StoredReading[]): Snapshot => ({
  ...now,
  reading: [...now.reading, ...files],
});

export const endReading = (now: Snapshot, ids: ReadonlySet<MediaId>): Snapshot =>
  now.reading.some(({ id }) => ids.has(id))
    ? { ...now, reading: now.reading.filter(({ id }) => !ids.has(id)) }
    : now;

/** A file that has arrived is an item like any other, and stays. */
export const dropUpload = (now: Snapshot, id: MediaId): Snapshot => ({
  ...now,
  uploads: now.uploads.filter(({ draft }) => draft.id !== id),
});

export const uploadRefused = (now: Snapshot, id: MediaId, error: Refusal): Snapshot => ({
  ...now,
  uploads: now.uploads.map((upload) => (upload.draft.id === id ? { ...upload, error } : upload)),
});
