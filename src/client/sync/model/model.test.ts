import 'fake-indexeddb/auto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openIdbStore } from '../../store/idb-store.ts';
import type { LocalStore } from '../../store/local-store.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { createMemoryWorld } from './memory-world.ts';
import { runSchedule } from './run-schedule.ts';
import { schedule } from './schedule.ts';

let databases = 0;
const stores: [string, number, () => Promise<LocalStore>][] = [
  ['in memory', 2000, async () => createMemoryStore()],
  ['IndexedDB', 100, () => openIdbStore(`model:${++databases}`)],
];

// `run-mutants.ts` shows that each rule of the protocol, taken away, makes this fail.
test.each(stores)(
  'devices come to rest with the server, whatever is lost, late, purged, claimed or restored (store: %s, %i schedules)',
  async (_, numRuns, openStore) => {
    const property = fc.asyncProperty(schedule, (schedule) =>
      runSchedule(createMemoryWorld(), openStore, schedule),
    );
    const result = await fc.check(property, { numRuns });
    expect(result.failed ? fc.defaultReportMessage(result) : null).toBeNull();
  },
  60_000,
);
