import type { LibraryId } from '#core/owner.ts';
import type { Db } from './db/client.ts';
import type { Fetcher } from './fetch/fetcher.ts';
import type { Limits } from './limits.ts';
import type { Mail } from './mail.ts';
import type { Queue } from './jobs/queue.ts';
import type { Providers } from './providers/registry.ts';
import type { Backend, Storage } from './storage/port.ts';
import type { BodyRoom } from './http/body.ts';
import type { UploadParts } from './upload-parts.ts';
import type { Pokes } from './sync/pokes.ts';

/** What the process has: real parts, each made once. Verbs take it, or more of it than this, as `ctx`. */
export type Server = {
  db: Db;
  /** Where new bytes go. */
  storage: Storage;
  /** Another backend, where older bytes may be; null when it is not configured. */
  otherStorage(backend: Backend): Promise<Storage | null>;
  providers: Providers;
  queue: Queue;
  pokes: Pokes;
  limits: Limits;
  fetcher: Fetcher;
  bodies: BodyRoom;
  /** Uploads that are still arriving. */
  parts: UploadParts;
  mail: Mail;
  now(): Date;
};

/** A server acting for one library. Only server/auth and server/jobs mint the id. */
export type LibraryCtx = Server & { library: LibraryId };
