import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { readEnv } from '../src/env.ts';
import { openDatabase } from './open-database.ts';

test('a Postgres of its own that is killed is started again, on its port and with its data', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'afterimage-own-'));
  const stopping = new AbortController();
  const started = new AsyncDisposableStack();
  const life = {
    stopping: stopping.signal,
    started,
    onForce() {},
    stop: (code: number) => expect(code).toBe(0),
  };
  try {
    const url = await openDatabase(readEnv({ DATA_DIR: dir }), life);
    const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice() {} });
    started.defer(() => sql.end());
    await sql`create table notes as select 'kept' as note`;
    const postmaster = () =>
      Number(fs.readFileSync(path.join(dir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
    const first = postmaster();
    process.kill(first, 'SIGKILL');
    const read = () =>
      sql<{ note: string }[]>`select note from notes`.then(
        ([row]) => row?.note,
        () => null,
      );
    await expect.poll(postmaster, { timeout: 60_000 }).not.toBe(first);
    await expect.poll(read, { timeout: 60_000 }).toBe('kept');
  } finally {
    stopping.abort();
    await started.disposeAsync();
    fs.rmSync(dir, { recursive: true });
  }
});
