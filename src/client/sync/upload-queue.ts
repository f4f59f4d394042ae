/**
 * Files on their way to the server. A file is kept on the device, and shown, from the moment it is chosen; its bytes
 * are sent first, then its record is saved by an operation like any other, and only then may the bytes go.
 */
import type { Media, MediaId, UploadId } from '#core/media.ts';
import { MAX_UPLOAD_BYTES } from '#core/upload.ts';
import { newMediaId, newUploadId } from '../ids.ts';
import { StoreGoneError } from '../store/local-store.ts';
import type { Step } from '../store/library-db.ts';
import type { StoredUpload } from '../store/stored-shapes.ts';
import { createReaders } from './readers.ts';
import { tryLock } from './cross-tab.ts';
import { createFileUrls } from './file-urls.ts';
import type { FileFacts } from './file-facts.ts';
import { RemoteError } from './remote-port.ts';
import { addUpload } from './steps.ts';
import { beginReading, dropUpload, endReading, uploadArrived, uploadRefused } from './upload-steps.ts';
import { NO_PROGRESS, type UploadOptions, type UploadProgress, type Uploads } from './upload-port.ts';

/** Files that are sent at the same time: more make each slower and none sooner. */
const PARALLEL = 3;
const LONGEST_PAUSE = 60_000;

const NOT_KEPT =
  'This is not an image or a video of a kind that is kept: use PNG, JPEG, WebP, GIF, AVIF, MP4, WebM or MOV.';
const UNREADABLE = 'The file cannot be read. It may have been moved, or it is a folder.';

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;

/** Why a file is not taken, by its size; the server would refuse it after all of it was sent. */
function sizeProblem({ size }: Blob): string | null {
  // One that was moved away since it was chosen has no bytes either.
  if (size === 0) return 'The file is empty, or no longer where it was.';
  if (size <= MAX_UPLOAD_BYTES) return null;
  return `The file has ${megabytes(size)}; at most ${megabytes(MAX_UPLOAD_BYTES)} are kept.`;
}

const draftOf = (id: MediaId, facts: FileFacts, { name, size }: File, at: string): Media => ({
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
  metadata: { filename: name.slice(-255) },
  bytes: size,
  sha256: '',
  thumbhash: null,
  generationId: null,
  outputIndex: null,
  createdAt: at,
  updatedAt: at,
  trashedAt: null,
  urls: { original: '' },
});

async function lookAt(file: Blob): Promise<FileFacts | string> {
  const problem = sizeProblem(file);
  if (problem) return problem;
  try {
    const { readFileFacts } = await import('./file-facts.ts');
    return (await readFileFacts(file)) ?? NOT_KEPT;
  } catch {
    return UNREADABLE;
  }
}

export function createUploadQueue({
  library,
  db,
  remote,
  change,
  onProgress,
  onFileUrls,
  onArrived,
}: UploadOptions): Uploads {
  let progress = NO_PROGRESS;
  const stopping = new AbortController();
  /** Files that the device had no room for: they last as long as this page. */
  const loose = new Map<UploadId, Blob>();
  const readers = createReaders(stopping.signal);
  const cancelled = new Set<MediaId>();
  const underWay = new Map<MediaId, AbortController>();
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | null = null;
  let woken = Promise.withResolvers<void>();

  function report(next: Partial<UploadProgress>) {
    progress = { ...progress, ...next };
    onProgress(progress);
  }

  const settleChosen = (id: MediaId, error: string | null) =>
    report({
      chosen: progress.chosen.map((file) => (file.id === id ? { ...file, isReading: false, error } : file)),
    });

  function reportSent(id: MediaId, bytes: number | null) {
    const sending = new Map(progress.sending);
    if (bytes === null) sending.delete(id);
    else sending.set(id, bytes);
    report({ sending });
  }

  async function noteNames(files: readonly { id: MediaId; name: string; bytes: number }[]): Promise<void> {
    const page = await readers.join();
    const named = files.map(({ id, name, bytes }) => ({ id, name, bytes, page }));
    try {
      await change((now) => beginReading(now, named), { durable: true });
    } catch (error) {
      // A device without room for names may have none for the files, which says so of each.
      if (!(error instanceof Error) || error.name !== 'QuotaExceededError') throw error;
    }
  }

  async function addOne(id: MediaId, file: File, at: string): Promise<void> {
    const facts = await lookAt(file);
    if (cancelled.has(id)) return;
    if (typeof facts === 'string') {
      await change((now) => endReading(now, new Set([id])));
      return settleChosen(id, facts);
    }
    const upload = newUploadId();
    const input = { id, upload, filename: file.name.slice(-255), createdAt: at };
    const step: Step = (now) =>
      addUpload(endReading(now, new Set([id])), { draft: draftOf(id, facts, file, at), input });
    try {
      await change(step, { durable: true, files: new Map([[upload, file]]) });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'QuotaExceededError') throw error;
      loose.set(upload, file);
      await change(step, { durable: true });
    }
    settleChosen(id, null);
  }

  const readFile = async (id: UploadId) => loose.get(id) ?? (await db.readFile(id));

  const fileUrls = createFileUrls(readFile, onFileUrls);

  /** @returns false when there is no use in going on. */
  async function sendOne({ draft: { id }, input }: StoredUpload): Promise<boolean> {
    const file = await readFile(input.upload);
    if (!file) {
      const message = 'The file is no longer on this device. Choose it again.';
      await change((now) => uploadRefused(now, id, { code: 'NOT_FOUND', message }));
      return true;
    }
    const cancel = new AbortController();
    underWay.set(id, cancel);
    try {
      reportSent(id, 0);
      const signal = AbortSignal.any([stopping.signal, cancel.signal]);
      await remote.sendFile(input.upload, file, (bytes) => reportSent(id, bytes), signal);
      failures = 0;
    } catch (error) {
      if (cancel.signal.aborted) return true;
      if (!(error instanceof RemoteError)) throw error;
      if (error.isOwnerChange) return false;
      if (error.isPassing) {
        sendLater();
        return false;
      }
      await change((now) => uploadRefused(now, id, { code: error.code, message: error.message }));
      return true;
    } finally {
      underWay.delete(id);
      reportSent(id, null);
    }
    await change((now) => uploadArrived(now, id, new Date().toISOString()), { durable: true });
    onArrived();
    return true;
  }

  /** As the outbox does, apart from it: what stops a large file need not stop small requests. */
  function sendLater() {
    failures += 1;
    clearTimeout(timer);
    const pause = Math.min(LONGEST_PAUSE, 1000 * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
    if (!stopping.signal.aborted) timer = setTimeout(() => void send(), pause);
  }

  function wake() {
    woken.resolve();
    woken = Promise.withResolvers();
  }

  async function sendAll(): Promise<void> {
    const taken = new Set<MediaId>();
    let goesOn = true;

    async function sendInTurn(): Promise<void> {
      while (goesOn && !stopping.signal.aborted) {
        const { uploads } = await db.refresh();
        const next = uploads.find(({ draft, error }) => error === null && !taken.has(draft.id));
        if (next) {
          taken.add(next.draft.id);
          goesOn = (await sendOne(next)) && goesOn;
          taken.delete(next.draft.id);
          wake();
        } else if (taken.size === 0) return;
        // Another file may be chosen while the others' bytes are on their way.
        else await woken.promise;
      }
    }

    await Promise.all(Array.from({ length: PARALLEL }, sendInTurn));
  }

  async function send(): Promise<void> {
    wake();
    if (running || stopping.signal.aborted || db.latest.uploads.length === 0) return running ?? undefined;
    clearTimeout(timer);
    running = tryLock(`afterimage:upload:${library}`, sendAll)
      .catch((error: unknown) => {
        // A database that is gone is the engine's matter, which meets it too.
        if (!(error instanceof StoreGoneError)) throw error;
      })
      .finally(() => {
        running = null;
      });
    return running;
  }

  return {
    add: async (files) => {
      const at = new Date().toISOString();
      const added = files.map((file) => ({ id: newMediaId(), file }));
      const chosen = added.map(({ id, file }) => {
        const { name, size: bytes } = file;
        return { id, name, bytes, isReading: true, error: null };
      });
      report({ chosen: [...progress.chosen, ...chosen] });
      await noteNames(chosen);
      for (const { id, file } of added) {
        if (cancelled.has(id)) continue;
        await addOne(id, file, at);
        void send();
      }
    },
    send,
    cancel: async (id) => {
      cancelled.add(id);
      report({ chosen: progress.chosen.filter((file) => file.id !== id) });
      await change((now) => dropUpload(endReading(now, new Set([id])), id), { durable: true });
      underWay.get(id)?.abort();
      wake();
    },
    clear: async (ids) => {
      report({ chosen: progress.chosen.filter(({ id }) => !ids.has(id)) });
      if (db.latest.reading.some(({ id }) => ids.has(id))) await change((now) => endReading(now, ids));
    },
    readFile,
    showFiles: async (snapshot) => {
      const pages = new Set(snapshot.reading.map(({ page }) => page));
      const gone = await readers.findGone(pages);
      if (gone) report({ gone });
      await fileUrls.keepFor(snapshot);
    },
    stop: () => {
      stopping.abort();
      fileUrls.release();
      clearTimeout(timer);
      wake();
    },
  };
}
