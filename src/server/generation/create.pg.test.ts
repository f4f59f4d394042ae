import { and, eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { CreateGenerationInput } from '#core/generation.ts';
import { asServer, readLibrary } from '../db/doors.ts';
import { generations } from '../db/schema.ts';
import { readCursor } from '../sync/changes.ts';
import { newGuest, useTestServer, type Guest } from '../testing/server.ts';
import { createGeneration } from './create.ts';

const server = useTestServer();

const request = (fields: Partial<CreateGenerationInput> = {}) =>
  CreateGenerationInput.parse({ kind: 'image', prompt: 'a pier in the fog', ...fields });

const rowsOf = (guest: Guest) =>
  readLibrary(guest, (tx) => tx.select().from(generations).where(eq(generations.libraryId, guest.library)));

const jobsOf = (ids: string[]) =>
  asServer(server(), (tx) =>
    tx.execute(sql`select id from pgboss.job where id::text in ${ids} and state = 'created'`),
  );

test('a request sent many times at once is one generation and one job', async () => {
  const guest = await newGuest(server());
  const input = request({ requestId: 'tap', count: 2 });
  const answers = await Promise.all(Array.from({ length: 50 }, () => createGeneration(guest, input)));
  const ids = [...new Set(answers.map(({ id }) => id))];
  expect(ids).toHaveLength(1);
  expect(await rowsOf(guest)).toMatchObject([{ id: ids[0], state: 'queued' }]);
  expect(await jobsOf(ids)).toHaveLength(1);
});

test('the same request id in another library, or none, is another generation', async () => {
  const [one, other] = await Promise.all([newGuest(server()), newGuest(server())]);
  const input = request({ requestId: 'first' });
  const ids = [
    (await createGeneration(one, input)).id,
    (await createGeneration(other, input)).id,
    (await createGeneration(one, request())).id,
    (await createGeneration(one, request())).id,
  ];
  expect(new Set(ids).size).toBe(4);
  expect(await rowsOf(one)).toHaveLength(3);
  expect(await jobsOf(ids)).toHaveLength(4);
});

test.each([
  [{ width: 63 }, 'settings.width'],
  [{ aspect: '9:1' }, 'settings.aspect'],
  [{ demo: { fail: [9] } }, 'settings.demo.fail.0'],
  [{ strange: 'x'.repeat(17_000) }, 'settings'],
])('settings that cannot be used are refused by name: %#', async (settings, field) => {
  const guest = await newGuest(server());
  const refused = createGeneration(guest, request({ settings }));
  await expect(refused).rejects.toMatchObject({ code: 'BAD_INPUT', field });
  expect(await rowsOf(guest)).toEqual([]);
});

test('settings that this version does not know are kept beside the metadata', async () => {
  const guest = await newGuest(server());
  const made = await createGeneration(
    guest,
    // Frames per second belong to videos: to an image they are unknown.
    request({ settings: { width: 64, seed: 7, fps: 24, sampler: { steps: 3 } }, metadata: { from: 'here' } }),
  );
  expect(made).toMatchObject({
    settings: { width: 64, seed: 7 },
    metadata: { from: 'here', settings: { fps: 24, sampler: { steps: 3 } } },
  });
  const [row] = await rowsOf(guest);
  expect(row).toMatchObject({ seed: 7, settings: made.settings, metadata: made.metadata });
});

test('a job and its generation are enqueued together or not at all', async () => {
  const guest = await newGuest(server());
  const before = await readCursor(guest);
  const sent: string[] = [];
  const failing: Guest = {
    ...guest,
    queue: {
      ...guest.queue,
      async sendGeneration(tx, id) {
        await guest.queue.sendGeneration(tx, id);
        sent.push(id);
        throw new Error('the connection is gone');
      },
    },
  };
  await expect(createGeneration(failing, request({ requestId: 'lost' }))).rejects.toThrow('connection');
  expect(sent).toHaveLength(1);
  expect(await jobsOf(sent)).toEqual([]);
  expect(await rowsOf(guest)).toEqual([]);
  expect(await readCursor(guest)).toBe(before);

  const again = await createGeneration(guest, request({ requestId: 'lost' }));
  const mine = and(eq(generations.libraryId, guest.library), eq(generations.id, again.id));
  expect(await readLibrary(guest, (tx) => tx.$count(generations, mine))).toBe(1);
  expect(await jobsOf([again.id])).toHaveLength(1);
});
