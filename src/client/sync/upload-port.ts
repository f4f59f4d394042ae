import type { MediaId, UploadId } from '#core/media.ts';
import type { LibraryId } from '#core/owner.ts';
import type { ChangeOptions, LibraryDb, Step } from '../store/library-db.ts';
import type { Snapshot } from '../store/snapshot.ts';
import type { Remote } from './remote-port.ts';

export type ChosenFile = {
  id: MediaId;
  name: string;
  bytes: number;
  /** Its type and size are being looked at, and its bytes kept on the device. */
  isReading: boolean;
  /** Why it was not taken. */
  error: string | null;
};

/** What this page knows beyond the snapshot. */
export type UploadProgress = {
  /** Files chosen in this page, until they are cleared away. */
  chosen: readonly ChosenFile[];
  /** Bytes that the server has of those under way. */
  sending: ReadonlyMap<MediaId, number>;
  /** Pages that were closed while they read files. */
  gone: ReadonlySet<string>;
};

export const NO_PROGRESS: UploadProgress = { chosen: [], sending: new Map(), gone: new Set() };

export type Uploads = {
  add: (files: readonly File[]) => Promise<void>;
  /** Sends what waits, unless another tab does. */
  send: () => Promise<void>;
  /** Lets go of a file that has not arrived, wherever it is. */
  cancel: (id: MediaId) => Promise<void>;
  /** Forgets what was chosen and is settled: saved, not taken, or not read to the end. */
  clear: (ids: ReadonlySet<MediaId>) => Promise<void>;
  readFile: (id: UploadId) => Promise<Blob | null>;
  /** Gives the files that a snapshot shows addresses, and takes back the others. */
  showFiles: (snapshot: Snapshot) => Promise<void>;
  stop: () => void;
};

export type UploadOptions = {
  library: LibraryId;
  db: LibraryDb;
  remote: Remote;
  change: (step: Step, options?: ChangeOptions) => Promise<void>;
  onProgress: (progress: UploadProgress) => void;
  onFileUrls: (urls: ReadonlyMap<string, string>) => void;
  /** Bytes have arrived: there is an operation to push. */
  onArrived: () => void;
};

/** One file on its way to this server, or to where this server wants it. */
export type SendOptions = {
  library: LibraryId;
  id: string;
  file: Blob;
  /** Gets the bytes that have been sent. */
  onProgress: (bytes: number) => void;
  signal?: AbortSignal | undefined;
};
