/**
 * What a backup is: a folder with one file a table, the bytes of every live object under their keys, and a manifest that
 * names each file with its hash and is itself hashed. Invariant: the manifest is put in place last, by a rename, and what
 * the one before it names is removed only then: at every moment the folder holds a whole backup or none.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { StorageKey } from '../storage/keys.ts';
import { createDiskStorage } from '../storage/disk.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const FileName = z.string().regex(/^[a-z0-9_.-]+$/);

const Body = z.strictObject({
  name: z.literal('afterimage-backup'),
  format: z.literal(1),
  createdAt: z.iso.datetime(),
  /** Which database it is of; older backups do not say. */
  installation: z.uuid().optional(),
  /** The folder beside the manifest in which the tables lie. */
  folder: FileName,
  /** Migrations that the database had, by the times at which they were made. */
  migrations: z.array(z.int()),
  tables: z.array(
    z.strictObject({
      name: z.string().regex(/^[a-z_]+$/),
      columns: z.array(z.string().regex(/^[a-z0-9_]+$/)).min(1),
      file: FileName,
      rows: z.int(),
      bytes: z.int(),
      sha256: Sha256,
    }),
  ),
  /** A list of what lies in `bytes`, one `KeptObject` a line. */
  objects: z.strictObject({ file: FileName, count: z.int(), total: z.int(), bytes: z.int(), sha256: Sha256 }),
  /** Objects that the storage did not hold whole when the backup was made: not in it. */
  missing: z.array(StorageKey),
});
export type Manifest = z.infer<typeof Body>;

export const KeptObject = z.strictObject({
  key: StorageKey,
  backend: z.string(),
  bytes: z.int(),
  sha256: Sha256,
  mime: z.string(),
});
export type KeptObject = z.infer<typeof KeptObject>;

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const fileOf = (dir: string) => path.join(dir, 'manifest.json');

/** Where a backup keeps the bytes: as disk storage does, whole or not at all. */
export const openShelf = (dir: string) => createDiskStorage(path.join(dir, 'bytes'));

export const hasManifest = (dir: string): Promise<boolean> =>
  access(fileOf(dir)).then(
    () => true,
    () => false,
  );

/** Puts the manifest in the place of the one before. */
export async function writeManifest(dir: string, manifest: Manifest): Promise<void> {
  const body = JSON.stringify(manifest);
  const draft = `${fileOf(dir)}.new`;
  await writeDurably(draft, `{"sha256":"${hashOf(body)}","body":${body}}\n`);
  await rename(draft, fileOf(dir));
}

export async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @throws Error in one line when there is none, or when it is not as it was written. */
export async function readManifest(dir: string): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(fileOf(dir), 'utf8');
  } catch (error) {
    throw new Error(`There is no backup in ${dir}: it has no manifest.json that can be read.`, {
      cause: error,
    });
  }
  const [, sha256, body = ''] = /^\{"sha256":"([0-9a-f]{64})","body":(\{.*\})\}\n$/s.exec(text) ?? [];
  if (sha256 !== hashOf(body)) throw new Error(`The manifest in ${dir} is damaged. Nothing was changed.`);
  return Body.parse(JSON.parse(body));
}

export async function* readObjects(file: string): AsyncGenerator<KeptObject> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity }))
    if (line !== '') yield KeptObject.parse(JSON.parse(line));
}

/** Runs `work` on each, so many at a time; the first that fails ends it. */
export async function eachOf<T>(
  items: AsyncIterable<T>,
  parallel: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const source = items[Symbol.asyncIterator]();
  let failed = false;
  const lane = async () => {
    for (;;) {
      const { done, value } = await source.next();
      if (done || failed) return;
      try {
        await work(value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: parallel }, lane));
  } finally {
    await source.return?.();
  }
}
