import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrateDatabase } from '../db/migrate.ts';
import { saveMedia } from '../media/save.ts';
import type { RunningServer } from '../server.ts';
import { emptyDatabase, ownDatabase } from '../testing/database.ts';
import { PIXEL } from '../testing/objects.ts';
import { newGuest, openTestServer } from '../testing/server.ts';
import { createDiskStorage } from './disk.ts';
import { claimDataFolder, disownDataFolder } from './own-folder.ts';

let root: string;
let url: string;
let server: RunningServer;
const dir = (name: string) => path.join(root, name);
const mark = (name: string) => readFile(path.join(dir(name), 'storage/installation'), 'utf8');

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'afterimage-folder-'));
  ({ url } = await ownDatabase());
  server = await openTestServer(url, await createDiskStorage(path.join(dir('own'), 'storage')));
});
afterEach(async () => {
  await server.close();
  await rm(root, { recursive: true });
});

const save = async () => saveMedia(await newGuest(server), { data: PIXEL });

test('a folder is marked once, and stays the folder of its database', async () => {
  await claimDataFolder(url, dir('own'));
  const before = await mark('own');
  await save();
  await rm(path.join(dir('own'), 'storage/objects'), { recursive: true });
  await claimDataFolder(url, dir('own'));
  expect(await mark('own')).toBe(before);
});

test('files of a time without a mark are known by their keys', async () => {
  await save();
  await claimDataFolder(url, dir('own'));
  expect((await mark('own')).trim()).toMatch(/^[0-9a-f-]{36}$/);
});

test('a folder without the files that the ledger names is refused until somebody says that they are lost', async () => {
  await save();
  const refusal: unknown = await claimDataFolder(url, dir('empty')).catch((error: unknown) => error);
  expect(String(refusal)).toContain('does not hold the files of this database: is the volume mounted');
  await expect(mark('empty')).rejects.toThrow('ENOENT');
  const [, id = '', file = ''] = /write (\S+) into (\S+)\.$/.exec(String(refusal)) ?? [];
  await writeFile(file, id);
  await claimDataFolder(url, dir('empty'));
});

test('a folder of another database is refused, unless a restore made this database anew', async () => {
  await claimDataFolder(url, dir('own'));
  await cp(dir('own'), dir('copy'), { recursive: true });
  const { url: other } = await emptyDatabase();
  await migrateDatabase(other);
  await expect(claimDataFolder(other, dir('copy'))).rejects.toThrow('holds the files of another database');
  await disownDataFolder(dir('copy'));
  await claimDataFolder(other, dir('copy'));
  expect(await mark('copy')).not.toBe(await mark('own'));
});
