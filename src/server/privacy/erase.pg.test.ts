import { eq, sql } from 'drizzle-orm';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { uuidv7 } from 'uuidv7';
import { Erasure } from '#core/account.ts';
import { AppError, ERROR_STATUS } from '#core/errors.ts';
import { MediaId, UploadId } from '#core/media.ts';
import { LibraryId } from '#core/owner.ts';
import type { LibraryCtx } from '../context.ts';
import { asServer, writeLibrary } from '../db/doors.ts';
import { erasures, guestSessions } from '../db/identity.ts';
import { libraries, storageObjects } from '../db/schema.ts';
import { createCollection } from '../collection/change.ts';
import { createGeneration } from '../generation/create.ts';
import { stageObject, sweepStorage } from '../ledger.ts';
import { purgeMedia } from '../media/change.ts';
import { saveMedia } from '../media/save.ts';
import { auditOf, isSignedIn, PASSWORD, serveAccounts, signInElsewhere } from '../testing/account-server.ts';
import { Jar, mutate, query } from '../testing/api.ts';
import { claimInto, newSignIn } from '../testing/claim.ts';
import { keysOnDisk, PIXEL } from '../testing/objects.ts';
import { newGuest, newLibrary, newUser, signInAs, type TestUser } from '../testing/server.ts';
import { appendUpload, putUpload } from '../upload.ts';
import { eraseDue, finishErasures } from './erase.ts';

const { server, box, serve } = serveAccounts();

const DAY = 86_400_000;
const inDays = (days: number) => ({ ...server(), now: () => new Date(Date.now() + days * DAY) });
const wish = { kind: 'image' as const, prompt: 'a wish', count: 2, settings: {}, metadata: {} };

/** One of each, and bytes on their way for an output that is being made. */
async function fill(ctx: LibraryCtx) {
  const { id } = await saveMedia(ctx, { data: PIXEL, prompt: 'mine' });
  const generation = await createGeneration(ctx, wish);
  await stageObject(ctx, generation.outputs[0]?.mediaId ?? '', Buffer.from('half'), { mime: 'image/png' });
  await putUpload(ctx, UploadId.parse(uuidv7()), new Blob(['on the way']).stream());
  const part = { offset: 0, length: 99, body: new Blob(['the beginning']).stream() };
  await appendUpload(ctx, UploadId.parse(uuidv7()), part);
  await createCollection(ctx, { name: 'Foxes' });
  return MediaId.parse(id);
}

async function newAccount(): Promise<{ user: TestUser; jar: Jar; library: LibraryCtx }> {
  const user = await newUser(server());
  const library = await newLibrary(server(), user);
  await fill(library);
  const jar = new Jar();
  jar.cookies.set(...(await signInAs(server(), user)));
  return { user, jar, library };
}

const receipt = async (id: string): Promise<Erasure> => {
  const { body } = await new Jar().json(`/api/v1/erasures/${id}`);
  return Erasure.parse(body);
};

async function askFor(jar: Jar, input: unknown = {}): Promise<Erasure> {
  const { status, data } = await mutate(jar, 'privacy.deleteAccount', input);
  expect(status).toBe(200);
  return Erasure.parse(data);
}

const rowsOf = async (id: string) => {
  const tables = ['media', 'media_files', 'generations', 'collections', 'uploads', 'sync_clients'];
  const counts = await Promise.all(
    tables.map((table) =>
      server().db.execute<{ count: string }>(
        sql`select count(*) as count from ${sql.identifier(table)} where library_id = ${id}`,
      ),
    ),
  );
  return counts.reduce((sum, [row]) => sum + Number(row?.count), 0);
};
/** Files of which a part has come. */
const arriving = () =>
  server().parts.withFile(LibraryId.parse(uuidv7()), UploadId.parse(uuidv7()), async ({ path }) => {
    return (await readdir(dirname(path))).length;
  });

/** How many transactions wait for a lock. */
const waiting = async () =>
  (
    await server().db.execute(sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`)
  ).length;

const statusOf = (error: unknown) => (error instanceof AppError ? ERROR_STATUS[error.code] : 500);

const hasUser = async (id: string) =>
  (await server().db.execute(sql`select from users where id = ${id}`)).length;

test('an account goes after seven days: rows, bytes, what was merged into it; the receipt ends with the last byte', async () => {
  const others = await newGuest(server());
  await fill(others);
  await sweepStorage(inDays(0), 0);
  const kept = await keysOnDisk(server());
  const { user, jar, library } = await newAccount();
  expect(await arriving()).toBe(2);
  const merged = await newGuest(server());
  await asServer(server(), (tx) =>
    tx
      .update(libraries)
      .set({ sessionId: null, mergedInto: library.library })
      .where(eq(libraries.id, merged.library)),
  );
  const { id, state, dueAt } = await askFor(jar);
  expect(state).toBe('waiting');
  expect(new Date(dueAt).getTime() - Date.now()).toBeGreaterThan(6.99 * DAY);

  await eraseDue(inDays(6.9));
  expect(await hasUser(user.userId)).toBe(1);
  expect(await isSignedIn(jar)).toBe(true);

  await eraseDue(inDays(7.1));
  expect(await hasUser(user.userId)).toBe(0);
  expect(await isSignedIn(jar)).toBe(false);
  expect(await rowsOf(library.library)).toBe(0);
  expect(await arriving()).toBe(1);
  await finishErasures(server());
  expect(await receipt(id)).toMatchObject({ state: 'erasing', finishedAt: null });

  await sweepStorage(server());
  await finishErasures(server());
  const done = await receipt(id);
  expect(done).toMatchObject({ state: 'finished', counts: { libraries: 2, media: 1 } });
  expect(done.counts.files).toBeGreaterThanOrEqual(1);
  expect(done.counts.bytes).toBeGreaterThan(0);
  // Two libraries, item, its files, generation, upload, collection, session, event, user.
  expect(done.counts.rows).toBe(2 + 1 + done.counts.files + 1 + 1 + 1 + 1 + 1 + 1);
  expect(await keysOnDisk(server())).toEqual(kept);
  expect(await rowsOf(others.library)).toBeGreaterThan(4);
  const stored = await asServer(server(), (tx) =>
    tx.execute<{ row: string }>(sql`select erasures::text as row from erasures where id = ${id}`),
  );
  expect(stored[0]?.row).not.toContain(user.userId);
  expect(stored[0]?.row).not.toContain(user.email);
});

test('bytes that cannot be deleted hold the receipt open, and it ends once they are gone', async () => {
  const { jar } = await newAccount();
  const { id } = await askFor(jar);
  await eraseDue(inDays(8));
  const broken = {
    ...server(),
    storage: { ...server().storage, delete: () => Promise.reject(new Error('the disk is read-only')) },
  };
  await sweepStorage(broken);
  await finishErasures(server());
  expect((await receipt(id)).state).toBe('erasing');
  await sweepStorage(server());
  await finishErasures(server());
  expect((await receipt(id)).state).toBe('finished');
});

test('a purge whose bytes still lie there is waited for as well', async () => {
  const { jar, library } = await newAccount();
  const item = await fill(library);
  await purgeMedia(library, { ids: [item] });
  const { id } = await askFor(jar);
  await eraseDue(inDays(8));
  const left = await asServer(server(), (tx) =>
    tx.select().from(storageObjects).where(eq(storageObjects.stagedFor, item)),
  );
  expect(left.map(({ erasureId }) => new Set([erasureId]))).toEqual(left.map(() => new Set([id])));
});

test('a death in the middle of the transaction leaves everything, and the next run takes it all', async () => {
  await eraseDue(inDays(8));
  const { user, jar, library } = await newAccount();
  const { id } = await askFor(jar);
  const before = await rowsOf(library.library);
  await server().db.execute(sql`create function stop_here() returns trigger language plpgsql as
    $$ begin if old.id = ${sql.raw(`'${user.userId}'`)} then raise 'killed'; end if; return old; end $$`);
  await server().db.execute(
    sql`create trigger stop_here before delete on users for each row execute function stop_here()`,
  );
  try {
    expect(await eraseDue(inDays(8))).toBe(0);
  } finally {
    await server().db.execute(sql`drop trigger stop_here on users`);
    await server().db.execute(sql`drop function stop_here`);
  }
  expect(await rowsOf(library.library)).toBe(before);
  expect((await receipt(id)).state).toBe('waiting');
  await sweepStorage(server());
  expect((await jar.fetch('/api/v1/media')).status).toBe(200);
  expect(await eraseDue(inDays(8))).toBe(1);
  expect(await rowsOf(library.library)).toBe(0);
});

test('two workers at once erase an account once', async () => {
  await eraseDue(inDays(8));
  const { jar } = await newAccount();
  await askFor(jar);
  const counts = await Promise.all([eraseDue(inDays(8)), eraseDue(inDays(8)), eraseDue(inDays(8))]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
});

test('asking takes the password, ends the other sessions, tells by mail, and is taken back by a press', async () => {
  serve({ mail: 'sent' });
  const user = await newUser(server(), { password: PASSWORD });
  const jar = await signInElsewhere(user.email);
  const other = await signInElsewhere(user.email);
  for (const input of [{}, { password: 'not the password' }]) {
    expect(await mutate(jar, 'privacy.deleteAccount', input)).toMatchObject({ code: 'WRONG_CREDENTIALS' });
  }
  expect(await query(jar, 'privacy.deletion')).toMatchObject({ data: { erasure: null } });
  const asked = await askFor(jar, { password: PASSWORD });
  expect(await askFor(jar, { password: PASSWORD })).toEqual(asked);
  expect(await isSignedIn(other)).toBe(false);
  expect(box().to(user.email)).toMatchObject([{ text: expect.stringContaining(asked.id) }]);

  const back = await signInElsewhere(user.email);
  expect(await query(back, 'privacy.deletion')).toMatchObject({ data: { erasure: { id: asked.id } } });
  expect(await mutate(back, 'privacy.takeBack')).toMatchObject({ status: 200 });
  expect(await mutate(back, 'privacy.takeBack')).toMatchObject({ code: 'NOT_FOUND' });
  expect(await auditOf(back)).toEqual(expect.arrayContaining(['deletion-taken-back', 'deletion-asked']));
  await eraseDue(inDays(8));
  expect(await hasUser(user.userId)).toBe(1);
  expect((await receipt(asked.id)).state).toBe('taken-back');
  const again = await askFor(back, { password: PASSWORD });
  expect(again.id).not.toBe(asked.id);
});

test('whoever left an address is told of the end, once, and the address is forgotten', async () => {
  serve({ mail: 'sent' });
  const { user, jar } = await newAccount();
  const { id } = await askFor(jar);
  const mailing = { ...inDays(8), mail: box().mail };
  await eraseDue(mailing);
  await finishErasures(mailing);
  expect(box().to(user.email)).toHaveLength(1);
  await sweepStorage(server());
  await finishErasures(mailing);
  await finishErasures(mailing);
  expect(box().to(user.email)).toMatchObject([{}, { text: expect.stringContaining(id) }]);
  const rows = await asServer(server(), (tx) => tx.select().from(erasures).where(eq(erasures.id, id)));
  expect(rows).toMatchObject([{ notify: null }]);
});

test('a guest goes at once, with bytes and cookie; another library, or an account’s, does not', async () => {
  const [guest, other] = [await newGuest(server()), await newGuest(server())];
  await fill(guest);
  const jar = new Jar();
  jar.cookies.set('guest', guest.token);
  const call = (library: string) => mutate(jar, 'privacy.eraseLibrary', { library });
  for (const library of [other.library, LibraryId.parse(uuidv7())]) {
    expect(await call(library)).toMatchObject({ code: 'NOT_FOUND' });
  }
  expect(await rowsOf(guest.library)).toBeGreaterThan(4);
  const { data } = await call(guest.library);
  const { id, state } = Erasure.parse(data);
  expect(state).toBe('erasing');
  expect(jar.cookies.has('guest')).toBe(false);
  expect(jar.cookies.has('library')).toBe(false);
  expect(await rowsOf(guest.library)).toBe(0);
  const left = await asServer(server(), (tx) =>
    tx.execute(sql`select id from libraries where id = ${guest.library}`),
  );
  expect(left).toEqual([]);
  await sweepStorage(server());
  await finishErasures(server());
  expect(await receipt(id)).toMatchObject({ state: 'finished', counts: { libraries: 1, media: 1 } });

  const { jar: account, library } = await newAccount();
  const refused = await mutate(account, 'privacy.eraseLibrary', { library: library.library });
  expect(refused).toMatchObject({ code: 'FORBIDDEN' });
});

test('a guest who is being claimed is erased or claimed, and never both', async () => {
  for (const first of ['claim', 'erase'] as const) {
    const guest = await newGuest(server());
    await saveMedia(guest, { data: PIXEL });
    const signIn = await newSignIn(server());
    const jar = new Jar();
    jar.cookies.set('guest', guest.token);
    const begin = {
      claim: () => claimInto(guest, signIn).then(() => 200, statusOf),
      erase: () =>
        mutate(jar, 'privacy.eraseLibrary', { library: guest.library }).then(({ status }) => status),
    };
    const second = first === 'claim' ? 'erase' : 'claim';
    // Whoever comes waits for this write: the first for the library, the second for the first.
    const ends = await writeLibrary(guest, async () => {
      const begun = [begin[first]()];
      await expect.poll(waiting).toBe(1);
      begun.push(begin[second]());
      await expect.poll(waiting).toBe(2);
      return { begun };
    });
    expect(await Promise.all(ends.begun)).toEqual([200, 404]);
    expect((await rowsOf(guest.library)) > 0).toBe(first === 'claim');
  }
});

test('sessions of guests that an account claimed go with it', async () => {
  const { user, jar, library } = await newAccount();
  const guest = await newGuest(server());
  const [session] = await asServer(server(), async (tx) => {
    const [own] = await tx.select().from(libraries).where(eq(libraries.id, guest.library));
    await tx
      .update(libraries)
      .set({ sessionId: null, mergedInto: library.library })
      .where(eq(libraries.id, guest.library));
    return tx
      .update(guestSessions)
      .set({ claimedBy: user.userId, tokenHash: null })
      .where(sql`id = ${own?.sessionId}`)
      .returning();
  });
  await askFor(jar);
  await eraseDue(inDays(8));
  const left = await asServer(server(), (tx) =>
    tx
      .select()
      .from(guestSessions)
      .where(sql`id = ${session?.id}`),
  );
  expect(session).toBeDefined();
  expect(left).toEqual([]);
});

test('an unknown receipt is not found, and a made-up number is refused', async () => {
  const nobody = new Jar();
  expect((await nobody.fetch(`/api/v1/erasures/${uuidv7()}`)).status).toBe(404);
  expect((await nobody.fetch('/api/v1/erasures/1')).status).toBe(400);
});
