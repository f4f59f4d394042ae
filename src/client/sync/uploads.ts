/**
 * Files on their way to the server. A file is kept on the device, and shown, from the moment it is chosen; its bytes
 * are sent first, then its record is saved by an operation like any other, and only then may the bytes go.
 */
import type { Media, MediaId, UploadId } from '#core/media.ts';
import type { LibraryId } from '#core/owner.ts';
import { newMediaId, newUploadId } from '../ids.ts';
import type { ChangeOptions, LibraryDb, Step } from '../store/library-db.ts';
import type { Snapshot } from '../store/snapshot.ts';
import type { StoredUpload } from '../store/stored-shapes.ts';
import { tryLock } from './cross-tab.ts';
import { readFileFacts, type FileFacts } from './file-facts.ts';
import { RemoteError, type Remote } from './remote-port.ts';
import { addUpload, uploadArrived, uploadRefused } from './steps.ts';

/** What this page knows beyond the snapshot. */
export type UploadProgress = {
  /** Files chosen in this page, and why one was not taken. */
  chosen: readonly { id: string; name: string; error: string | null }[];
  sending: { id: MediaId; part: number } | null;
};

export type UploadItem = {
  /** The id that the media record will have. */
  id: string;
  name: string;
  /** 0 to 1 while bytes are being sent; null when that is not known. */
  progress: number | null;
  state: 'waiting' | 'sending' | 'saving' | 'saved' | 'failed';
  error: string | null;
};

export type Uploads = {
  add: (files: readonly File[]) => Promise<void>;
  /** Sends what waits, unless another tab does. */
  send: () => Promise<void>;
  readFile: (id: UploadId) => Promise<Blob | null>;
  stop: () => void;
};

type Options = {
  library: LibraryId;
  db: LibraryDb;
  remote: Remote;
  change: (step: Step, options?: ChangeOptions) => Promise<void>;
  onProgress: (progress: UploadProgress) => void;
  /** Bytes have arrived: there is an operation to push. */
  onArrived: () => void;
};

const draftOf = (id: MediaId, facts: FileFacts, bytes: number, at: string): Media => ({
  ...facts,
  id,
  version: 0,
  origin: 'uploaded',
  prompt: '',
  headline: null,
  tags: [],
  collectionIds: [],
  starred: false,
  model: null,
  provider: null,
  seed: null,
  settings: {},
  metadata: {},
  bytes,
  sha256: '',
  thumbhash: null,
  generationId: null,
  outputIndex: null,
  createdAt: at,
  updatedAt: at,
  trashedAt: null,
  urls: { original: '' },
});

export function createUploads({ library, db, remote, change, onProgress, onArrived }: Options): Uploads {
  let progress: UploadProgress = { chosen: [], sending: null };
  const stopping = new AbortController();
  /** Files that the device had no room for: they last as long as this page. */
  const loose = new Map<UploadId, Blob>();

  function report(next: Partial<UploadProgress>) {
    progress = { ...progress, ...next };
    onProgress(progress);
  }

  async function addOne(file: File): Promise<void> {
    const [id, upload, at] = [newMediaId(), newUploadId(), new Date().toISOString()];
    const facts = await readFileFacts(file);
    const error = facts ? null : 'This is not an image or a video of a kind that is kept here.';
    report({ chosen: [...progress.chosen, { id, name: file.name, error }] });
    if (!facts) return;
    const draft = draftOf(id, facts, file.size, at);
    const input = { id, upload, filename: file.name.slice(-255), createdAt: at };
    const step: Step = (now) => addUpload(now, { draft, input });
    try {
      await change(step, { durable: true, files: new Map([[upload, file]]) });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'QuotaExceededError') throw error;
      loose.set(upload, file);
      await change(step, { durable: true });
    }
  }

  const readFile = async (id: UploadId) => loose.get(id) ?? (await db.readFile(id));

  /** @returns false when there is no use in going on. */
  async function sendOne({ draft: { id }, input }: StoredUpload): Promise<boolean> {
    const file = await readFile(input.upload);
    if (!file) {
      const message = 'The file is no longer on this device. Choose it again.';
      await change((now) => uploadRefused(now, id, { code: 'NOT_FOUND', message }));
      return true;
    }
    try {
      report({ sending: { id, part: 0 } });
      await remote.sendFile(input.upload, file, (part) => report({ sending: { id, part } }), stopping.signal);
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      if (error.isPassing || error.isOwnerChange) return false;
      await change((now) => uploadRefused(now, id, { code: error.code, message: error.message }));
      return true;
    } finally {
      report({ sending: null });
    }
    await change((now) => uploadArrived(now, id, new Date().toISOString()), { durable: true });
    onArrived();
    return true;
  }

  async function sendAll(): Promise<void> {
    for (let goesOn = true; goesOn && !stopping.signal.aborted;) {
      const next = (await db.refresh()).uploads.find(({ error }) => error === null);
      goesOn = next !== undefined && (await sendOne(next));
    }
  }

  return {
    add: async (files) => {
      for (const file of files) await addOne(file);
    },
    send: async () => {
      if (db.latest.uploads.length > 0) await tryLock(`afterimage:upload:${library}`, sendAll);
    },
    readFile,
    stop: () => stopping.abort(),
  };
}

/** Where each file is: chosen in this page, or left over from an earlier one. */
export function listUploads(
  { uploads, outbox }: Snapshot,
  { chosen, sending }: UploadProgress,
): UploadItem[] {
  const items = new Map<string, UploadItem>();
  for (const { id, name, error } of chosen) {
    items.set(id, { id, name, progress: null, state: error === null ? 'saved' : 'failed', error });
  }
  for (const { draft, input, error } of uploads) {
    const isSending = sending?.id === draft.id;
    items.set(draft.id, {
      id: draft.id,
      name: input.filename ?? '',
      progress: isSending ? sending.part : null,
      state: error ? 'failed' : isSending ? 'sending' : 'waiting',
      error: error?.message ?? null,
    });
  }
  for (const { op, ack, error } of outbox) {
    if (op.type !== 'save' || ack !== null) continue;
    const name = op.input.filename ?? '';
    const state = error ? 'failed' : 'saving';
    items.set(op.id, { id: op.id, name, progress: null, state, error: error?.message ?? null });
  }
  return [...items.values()];
}
