/** Whoever opens a door has dropped to the door's role before the first statement, however busy the connections are. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningServer } from '../server.ts';
import { ownDatabase } from '../testing/database.ts';
import { newGuest, openTestServer, type Guest } from '../testing/server.ts';
import type { Tx } from './client.ts';
import { asServer, inLibrary, readLibrary, writeLibrary } from './doors.ts';

// A database of its own, whose libraries write down who changes them.
let server: RunningServer;
beforeAll(async () => {
  server = await openTestServer((await ownDatabase()).url);
  await server.db.execute(
    sql.raw(`
    create table entered (who text, library text, id uuid);
    grant insert on entered to public;
    create function note_entered() returns trigger language plpgsql as $$
    begin
      insert into entered values (current_user, current_setting('app.library_id', true), new.id);
      return new;
    end $$;
    create trigger libraries_entered before update on libraries for each row execute function note_entered();
  `),
  );
});
afterAll(() => server.close());

const who = sql`select current_user as who, current_setting('app.library_id', true) as library`;
const ask = async (tx: Tx) => [...(await tx.execute<{ who: string; library: string }>(who))];

test('the first statement behind every door runs as its role, with its library, under load', async () => {
  const guests = await Promise.all(Array.from({ length: 8 }, () => newGuest(server)));
  const seen: { at: string; found: unknown; expected: unknown }[] = [];
  const visit = async (guest: Guest) => {
    const own = [{ who: 'app_user', library: guest.library }];
    for (const [at, door, expected] of [
      ['read', readLibrary(guest, ask), own],
      ['in', inLibrary(guest, ask), own],
      ['server', asServer(server, ask), [{ who: 'app_worker', library: '' }]],
      ['write', writeLibrary(guest, (tx) => ask(tx)), own],
    ] as const) {
      seen.push({ at, found: await door, expected });
    }
  };
  // Many more than there are connections: each waits in a queue of its own kind.
  await Promise.all(Array.from({ length: 25 }, () => guests.map(visit)).flat());
  expect(seen).toHaveLength(25 * 8 * 4);
  expect(seen.filter(({ found, expected }) => JSON.stringify(found) !== JSON.stringify(expected))).toEqual(
    [],
  );
  // A write takes the version before anything else: that statement is the first.
  const entered = await server.db.execute<{ who: string; same: boolean; count: number }>(
    sql`select who, library = id::text as same, count(*)::int as count from entered group by 1, 2`,
  );
  expect([...entered]).toEqual([{ who: 'app_user', same: true, count: 200 }]);
});
