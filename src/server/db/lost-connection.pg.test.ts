/** A connection that dies in a transaction takes the transaction along, and nothing else: not the process, not others. */
import { sql } from 'drizzle-orm';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningServer } from '../server.ts';
import { ownDatabase } from '../testing/database.ts';
import { openKiller, type Killer } from '../testing/killer.ts';
import { openTestServer } from '../testing/server.ts';
import { connect, type Connection, type Tx } from './client.ts';

let server: RunningServer;
let killer: Killer;
let single: Connection;
beforeAll(async () => {
  const { url } = await ownDatabase();
  server = await openTestServer(url);
  await server.db.execute(sql`create table notes (note text)`);
  killer = await openKiller(server.db, url);
  // One connection: whatever comes next is given the place of the one that died.
  single = connect(killer.url, { max: 1 });
});
afterAll(async () => {
  await single.close();
  await killer.close();
  await server.close();
});

const GONE = /CONNECTION_CLOSED|terminating connection/;

const write = (tx: Pick<Tx, 'execute'>, note: string) => tx.execute(sql`insert into notes values (${note})`);
const notes = async () =>
  (await server.db.execute<{ note: string }>(sql`select note from notes order by 1`)).map(({ note }) => note);

/** A transaction that the same pool makes afterwards, which also takes the driver's late word of the loss. */
async function goOn(note: string) {
  await single.db.execute(sql`select`).catch(() => {});
  await single.db.transaction((tx) => write(tx, note));
}

test.each(['reply', 'cut'] as const)('while a statement is under way (%s)', async (how) => {
  const before = await notes();
  killer.arm({ at: 3, how });
  const lost = single.db.transaction(async (tx) => {
    await write(tx, 'lost');
    await write(tx, 'lost');
    await write(tx, 'lost');
  });
  await expect(lost).rejects.toThrow(GONE);
  await killer.disarm();
  await goOn(how);
  expect(await notes()).toEqual([...before, how].sort());
});

test('in a savepoint whose failure the transaction would live with', async () => {
  const before = await notes();
  killer.arm({ at: 4, how: 'cut' });
  const lost = single.db.transaction(async (tx) => {
    await write(tx, 'lost');
    await tx.transaction((nested) => write(nested, 'lost')).catch(() => {});
    await write(tx, 'lost');
  });
  await expect(lost).rejects.toThrow(GONE);
  await killer.disarm();
  await goOn('savepoint');
  expect(await notes()).toEqual([...before, 'savepoint'].sort());
});

test('between two statements: the second is not sent, wherever the connection’s place has gone', async () => {
  const before = await notes();
  const other = Promise.withResolvers<void>();
  let second: unknown;
  const lost = single.db.transaction(async (tx) => {
    const [own] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    await server.db.execute(sql`select pg_terminate_backend(${own?.pid ?? 0})`);
    await sleep(50);
    await other.promise;
    second = await write(tx, 'lost').catch((error: unknown) => error);
  });
  await expect(lost).rejects.toThrow(GONE);
  await single.db.execute(sql`select`).catch(() => {});
  await single.db.transaction(async (tx) => {
    await write(tx, 'another');
    other.resolve();
    await sleep(50);
    await write(tx, 'another');
  });
  expect(second instanceof Error && String(second.cause)).toMatch(/nothing of it has happened/);
  expect(await notes()).toEqual([...before, 'another', 'another'].sort());
});
