import { eq } from 'drizzle-orm';
import { asServer, readLibrary } from '../db/doors.ts';
import { mediaFiles, storageObjects } from '../db/schema.ts';
import type { LibraryCtx, Server } from '../context.ts';

/** The smallest PNG there is. */
export const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Keys of all objects that the storage of this test file really holds. */
export async function keysOnDisk({ storage }: Pick<Server, 'storage'>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list()) keys.push(key);
  return keys.sort();
}

/** Keys of the objects that the records of a library name. */
export async function keysOfLibrary(ctx: LibraryCtx): Promise<string[]> {
  const rows = await readLibrary(ctx, (tx) => tx.select({ key: mediaFiles.objectKey }).from(mediaFiles));
  return rows.map((row) => row.key).sort();
}

/** What the ledger says of the objects that were staged for one record or upload. */
export function ledgerOf(ctx: Pick<Server, 'db'>, stagedFor: string) {
  return asServer(ctx, (tx) =>
    tx.select().from(storageObjects).where(eq(storageObjects.stagedFor, stagedFor)),
  );
}
