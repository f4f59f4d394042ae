import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { connect } from '../../db/client.ts';
import { ownDatabase } from '../../testing/database.ts';
import { createMemoryStorage } from '../../testing/memory-storage.ts';
import { openTestServer } from '../../testing/server.ts';
import { runKillRound } from './kill-round.ts';
import { openKiller, type Kill } from '../../testing/killer.ts';
import type { Before } from './plan.ts';

const KILLS = Number(process.env['CLAIM_KILLS'] ?? 12);
const SEED = fc.readConfigureGlobal().seed ?? 0;

const HOW: readonly Kill['how'][] = ['reply', 'during', 'cut'];
const BEFORE: readonly Before[] = ['used', 'none', 'used', 'empty'];
/** Spreads any number of kills evenly over the statements. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

test(
  `a claim whose connection dies in it (${KILLS} times) has happened whole or not at all, and a repetition completes it`,
  { timeout: 1_800_000 },
  async () => {
    await using cleanup = new AsyncDisposableStack();
    const { url } = await ownDatabase();
    const server = await openTestServer(url, createMemoryStorage());
    cleanup.defer(() => server.close());
    const killer = await openKiller(server.db, url);
    cleanup.defer(() => killer.close());
    const connection = connect(killer.url, { max: 1 });
    cleanup.defer(() => connection.close());
    const through = { killer, claimer: connection.db };

    const lengths = new Map<Before, number>();
    for (const before of new Set(BEFORE)) {
      const { statements, found, faults } = await runKillRound(server, through, before, null);
      expect({ found, faults }).toEqual({ found: 'whole', faults: [] });
      // Both libraries are told outside of the transaction, each in a statement of its own.
      lengths.set(before, statements - (before === 'used' ? 2 : 1));
    }
    const ends = { whole: 0, nothing: 0, half: 0 };
    for (let nth = 0; nth < KILLS; nth += 1) {
      const before = BEFORE[nth % BEFORE.length] ?? 'used';
      const how = HOW[nth % HOW.length] ?? 'reply';
      const length = lengths.get(before) ?? 1;
      const at = 1 + Math.floor(((SEED * GOLDEN + nth * GOLDEN) % 1) * length);
      const { found, faults } = await runKillRound(server, through, before, { at, how });
      expect({ SEED, nth, before, how, at, length, faults }).toMatchObject({ faults: [] });
      ends[found] += 1;
    }
    // The last statement commits: its answer alone is lost.
    for (const before of new Set(BEFORE)) {
      const at = lengths.get(before) ?? 1;
      for (const kill of [
        { at, how: 'reply' },
        { at: at - 1, how: 'cut' },
      ] as const) {
        const { found, faults } = await runKillRound(server, through, before, kill);
        const expected = kill.at === at ? 'whole' : 'nothing';
        expect({ before, kill, found, faults }).toEqual({ before, kill, found: expected, faults: [] });
      }
    }
    expect(ends).toMatchObject({ half: 0 });
  },
);
