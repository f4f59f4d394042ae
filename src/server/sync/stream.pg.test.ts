import { afterEach, expect, test } from 'vitest';
import type { Cursor } from '#core/sync.ts';
import { getMedia } from '../media/read.ts';
import { saveMedia } from '../media/save.ts';
import { newGuest, openTestServer, useTestServer, type Guest } from '../testing/server.ts';
import { PIXEL } from '../testing/objects.ts';
import { readCursor } from './changes.ts';
import { streamPokes } from './stream.ts';

const server = useTestServer();

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).toReversed()) await cleanUp();
});

const always = () => Promise.resolve(true);

const open = (guest: Guest, isAllowed = always, signal?: AbortSignal) =>
  streamPokes(guest, signal, isAllowed);

/** The cursor of the next hint; null when the stream has ended. */
async function next(stream: ReturnType<typeof open>): Promise<Cursor | null> {
  const result = await stream.next();
  return result.done ? null : result.value[1].cursor;
}

test('a stream tells where the library is, and then of a write by another server', async () => {
  const other = await openTestServer(server().databaseUrl);
  cleanups.push(() => other.close());
  const guest = await newGuest(server());
  const stop = new AbortController();
  const stream = open(guest, always, stop.signal);
  expect(await next(stream)).toBe(await readCursor(guest));

  const told = next(stream);
  await saveMedia({ ...guest, ...other }, { data: PIXEL });
  expect(await told).toBe(await readCursor(guest));

  // What happens while nobody reads is told once, as it is by then.
  for (let index = 0; index < 3; index += 1) await saveMedia({ ...guest, ...other }, { data: PIXEL });
  const late = next(stream);
  const cursors = [await late];
  while (cursors.at(-1) !== (await readCursor(guest))) cursors.push(await next(stream));
  expect(cursors.length).toBeLessThanOrEqual(3);
  stop.abort();
  expect(await next(stream)).toBeNull();
});

test('a stream hears nothing of another library', async () => {
  const [guest, other] = await Promise.all([newGuest(server()), newGuest(server())]);
  const stop = new AbortController();
  const asked: string[] = [];
  const stream = open(
    guest,
    () => {
      asked.push('allowed?');
      return always();
    },
    stop.signal,
  );
  await next(stream);
  const told = next(stream);
  await saveMedia(other, { data: PIXEL });
  await saveMedia(guest, { data: PIXEL });
  expect(await told).toBe(await readCursor(guest));
  expect(asked).toHaveLength(2);
  stop.abort();
  expect(await next(stream)).toBeNull();
});

test('a stream ends when its session does, before it tells anything more', async () => {
  const guest = await newGuest(server());
  let isAllowed = true;
  const stream = open(guest, () => Promise.resolve(isAllowed));
  expect(await next(stream)).not.toBeNull();
  isAllowed = false;
  const told = next(stream);
  await saveMedia(guest, { data: PIXEL });
  expect(await told).toBeNull();
  expect(await next(open(guest, () => Promise.resolve(false)))).toBeNull();
});

test('a stream that waits ends at once when its reader goes', async () => {
  const guest = await newGuest(server());
  const stop = new AbortController();
  const stream = open(guest, always, stop.signal);
  expect(await next(stream)).not.toBeNull();
  const told = next(stream);
  stop.abort();
  expect(await told).toBeNull();
});

test('a write that nobody could be told of is a write', async () => {
  const guest = await newGuest(server());
  const db = new Proxy(server().db, {
    get: (target, name): unknown =>
      name === 'execute'
        ? () => Promise.reject(new Error('the database went away'))
        : Reflect.get(target, name),
  });
  const { id } = await saveMedia({ ...guest, db }, { data: PIXEL });
  expect(await getMedia(guest, id)).toMatchObject({ id });
});
