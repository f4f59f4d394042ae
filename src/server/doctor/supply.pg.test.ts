import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaId } from '#core/media.ts';
import { backUp } from '../backup/back-up.ts';
import { openShelf } from '../backup/manifest.ts';
import { openSupply } from '../backup/supply.ts';
import { paint } from '../ingest/sample-media.ts';
import { sweepStorage } from '../ledger.ts';
import { getMediaFile } from '../media/read.ts';
import { saveMedia } from '../media/save.ts';
import type { RunningServer } from '../server.ts';
import { verifyObject } from '../storage/verify.ts';
import { ownDatabase } from '../testing/database.ts';
import { newGuest, openTestServer, type Guest } from '../testing/server.ts';
import { examine } from './examine.ts';
import { repair } from './repair.ts';

let server: RunningServer;
let guest: Guest;
let dir: string;
beforeAll(async () => {
  server = await openTestServer((await ownDatabase()).url);
  guest = await newGuest(server);
  dir = await mkdtemp(path.join(tmpdir(), 'afterimage-supply-'));
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true });
});

async function save(width: number): Promise<MediaId> {
  const png = await paint(width, 20).png().toBuffer();
  return (await saveMedia(guest, { data: png.toString('base64') })).id;
}

async function mend() {
  const supply = await openSupply(dir);
  const notes: string[] = [];
  for await (const finding of examine(server, { deep: true }))
    notes.push((await repair(server, finding, { supply })).note);
  await sweepStorage(server);
  return notes.sort();
}

const original = (id: MediaId) => getMediaFile(guest, id, 'original');

test('originals that were lost or spoilt come back from a backup one by one, and all that came since stays', async () => {
  const [lost, spoilt, torn] = [await save(30), await save(40), await save(50)];
  await backUp(server, dir);
  const later = await save(60);
  const before = await Promise.all([lost, spoilt].map(original));

  await server.storage.delete((await original(lost)).key);
  const { key, bytes } = await original(spoilt);
  await server.storage.delete(key);
  await server.storage.put(key, randomBytes(bytes), { mime: 'image/png' });
  expect(await mend()).toEqual(['put back from the backup', 'put back from the backup']);
  for (const [index, id] of [lost, spoilt].entries()) {
    const { key: anew, sha256 } = await original(id);
    expect(sha256).toBe(before[index]?.sha256);
    expect((await verifyObject(server.storage, anew))?.sha256).toBe(sha256);
  }
  expect(await mend()).toEqual([]);

  // What is not in the backup, or not whole there, is told as before.
  const { key: rotten } = await original(torn);
  const shelf = await openShelf(dir);
  await shelf.delete(rotten);
  await shelf.put(rotten, randomBytes(99), { mime: 'image/png' });
  for (const id of [torn, later]) await server.storage.delete((await original(id)).key);
  expect(await mend()).toEqual(
    [torn, later]
      .map((id) => `the original of item ${id} cannot be made again and is not whole in this backup`)
      .sort(),
  );
});
