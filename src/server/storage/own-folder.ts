/**
 * Whose files lie in the data folder. Invariant: bytes are written to it, and taken for deleted because they are not in
 * it, only after it was seen to be the folder of this database; a volume that is not mounted looks like an empty one.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import postgres from 'postgres';
import { createDiskStorage } from './disk.ts';
import { orMissing } from './file-errors.ts';
import type { StorageKey } from './keys.ts';

/** One found is enough: whoever lost some of them starts, and asks the doctor. */
const SAMPLE = 50;

const markOf = (dir: string) => path.join(dir, 'storage', 'installation');

async function holdsOne(dir: string, keys: StorageKey[]): Promise<boolean> {
  const disk = await createDiskStorage(path.join(dir, 'storage'));
  for (const key of keys) if (await disk.head(key).catch(() => null)) return true;
  return false;
}

/**
 * Marks the folder as this database's, unless it is another's or lacks what the ledger says is in it.
 * @param dir DATA_DIR.
 * @throws Error in one line that says what to do; then nothing was changed.
 */
export async function claimDataFolder(databaseUrl: string, dir: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice() {} });
  try {
    const [own] = await sql<{ id: string }[]>`select id from installation`;
    if (!own) throw new Error('This database does not say which one it is: was it migrated?');
    const mark = (await orMissing(() => readFile(markOf(dir), 'utf8')))?.trim();
    if (mark === own.id) return;
    if (mark)
      throw new Error(
        `DATA_DIR ${dir} holds the files of another database: is it the right one? If it is, delete ${markOf(dir)} and start again.`,
      );
    const live = await sql.begin(async (tx) => {
      await tx`set local role app_worker`;
      return tx<{ key: StorageKey }[]>`
        select key from storage_objects where backend = 'disk' and state = 'live' order by key limit ${SAMPLE}`;
    });
    const keys = live.map(({ key }) => key);
    if (keys.length > 0 && !(await holdsOne(dir, keys)))
      throw new Error(
        `DATA_DIR ${dir} does not hold the files of this database: is the volume mounted, and DATA_DIR right? If they are lost for good, write ${own.id} into ${markOf(dir)}.`,
      );
    await mkdir(path.dirname(markOf(dir)), { recursive: true, mode: 0o700 });
    await writeFile(markOf(dir), `${own.id}\n`, { mode: 0o600, flush: true });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** For a restore: afterwards the database is another one, and the next start looks whether its files are here. */
export const disownDataFolder = (dir: string): Promise<void> => rm(markOf(dir), { force: true });
