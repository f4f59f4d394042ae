/**
 * npm run doctor [-- --deep] [-- --fix] [-- --force] [-- --from DIR]: compares the ledger of bytes with every storage,
 * both ways, beside a running app or without one. Exits with 0 when all is well, with 1 when something is wrong and
 * was not put right.
 */
import path from 'node:path';
import { isKept } from '../src/core/media.ts';
import { openSupply } from '../src/server/backup/supply.ts';
import { connect } from '../src/server/db/client.ts';
import { examine } from '../src/server/doctor/examine.ts';
import { isMendable, type Finding, type FindingType } from '../src/server/doctor/finding.ts';
import { repair } from '../src/server/doctor/repair.ts';
import { sweepStorage } from '../src/server/ledger.ts';
import { openOtherStorage, openStorage } from '../src/server/storage/open.ts';
import { openBeside } from './open-beside.ts';
import { loadEnv } from './prepare.ts';
import { readArgs } from './read-args.ts';
import { runUntilStopped, type Life } from './run-until-stopped.ts';
import { reasonOf, say } from './say.ts';

const MEANING: Record<FindingType, string> = {
  missing: 'live in the ledger, and not in the storage',
  orphaned: 'in the storage, and unknown to the ledger',
  corrupt: 'other bytes in the storage than the ledger says',
  unreadable: 'the storage answers with an error',
  unnamed: 'live, and named by no record',
  withdrawn: 'named by a record, and not live',
  stale: 'staged, and left behind',
  stuck: 'to be deleted, and still there',
  bare: 'records without a file of their original',
  unreachable: 'storages that cannot be looked into',
};

/** Findings of one sort whose keys are printed. */
const SHOWN = 10;

function nameOf(finding: Finding): string {
  switch (finding.type) {
    case 'bare':
      return `item ${finding.media}`;
    case 'unreachable':
      return `${finding.backend}, with ${finding.objects} objects: ${finding.reason}`;
    case 'missing':
    case 'corrupt':
    case 'withdrawn':
    case 'unreadable': {
      const { backend, key, file } = finding;
      const reason = finding.type === 'unreadable' ? `: ${finding.reason}` : '';
      const isLost = file && isKept(file.role) && (finding.type === 'missing' || finding.type === 'corrupt');
      const note = isLost ? ', which only a backup has' : '';
      return `${backend} ${key}  ${file ? `${file.role} of item ${file.media}` : 'of no item'}${note}${reason}`;
    }
    case 'orphaned':
    case 'unnamed':
    case 'stale':
    case 'stuck':
      return `${finding.backend} ${finding.key}`;
  }
}

type Tally = { count: number; fixed: number; isMendable: boolean; lines: string[] };

async function examineAll(
  life: Life,
  args: { deep: boolean; fix: boolean; force: boolean; from?: string | undefined },
) {
  if (args.from !== undefined && !args.fix)
    throw new Error('--from DIR puts back what is lost: say --fix as well');
  const supply = args.from === undefined ? undefined : await openSupply(path.resolve(args.from));
  const env = loadEnv();
  const databaseUrl = await openBeside(env, life);
  const connection = connect(databaseUrl, { max: 2 });
  life.started.defer(() => connection.close());
  const { db } = connection;
  const storage = await openStorage(env);
  const ctx = { db, databaseUrl, storage, otherStorage: openOtherStorage(env), now: () => new Date() };

  const tallies = new Map<FindingType, Tally>();
  let saidAt = Date.now();
  const onProgress = ({ backend, step, done }: { backend: string; step: string; done: number }) => {
    if (Date.now() - saidAt < 2000) return;
    saidAt = Date.now();
    say(`${backend}: ${done} ${step}`);
  };
  for await (const finding of examine(ctx, { deep: args.deep, onProgress })) {
    life.stopping.throwIfAborted();
    const tally = tallies.get(finding.type) ?? { count: 0, fixed: 0, isMendable: false, lines: [] };
    tallies.set(finding.type, tally);
    tally.count += 1;
    tally.isMendable ||= isMendable(finding);
    let note = '';
    if (args.fix) {
      const outcome = await repair(ctx, finding, { force: args.force, supply }).catch((error: unknown) => ({
        fixed: false,
        note: `could not be put right: ${reasonOf(error)}`,
      }));
      if (outcome.fixed) tally.fixed += 1;
      note = `  (${outcome.note})`;
    }
    if (tally.lines.length < SHOWN) tally.lines.push(nameOf(finding) + note);
  }
  if (args.fix) await sweepStorage(ctx);
  report(tallies, args.fix);
  const left = [...tallies.values()].reduce((sum, { count, fixed }) => sum + count - fixed, 0);
  life.stop(left === 0 ? 0 : 1);
}

function report(tallies: Map<FindingType, Tally>, isFixing: boolean) {
  for (const [type, { count, fixed, lines }] of tallies) {
    console.log(`${type}: ${count}${isFixing ? `, ${fixed} put right` : ''} (${MEANING[type]})`);
    for (const line of lines) console.log(`  ${line}`);
    if (count > lines.length) console.log(`  and ${count - lines.length} more`);
  }
  if (tallies.size === 0) say('clean: every record has its bytes, and all bytes have their record');
  else if (!isFixing && [...tallies.values()].some((tally) => tally.isMendable))
    say('npm run doctor -- --fix puts right what can be put right');
}

const { values } = readArgs('npm run doctor [-- --deep] [-- --fix] [-- --force] [-- --from DIR]', {
  deep: { type: 'boolean', default: false },
  fix: { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
  from: { type: 'string' },
});
runUntilStopped((life) => examineAll(life, values), { interruptedCode: 130 });
