/**
 * Shows that the model can fail: `node src/client/sync/model/run-mutants.ts`. Each mutant is one rule of the protocol
 * taken out of a copy of the sources; the model must find a schedule that breaks it. Ends with 1 if one survives.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

type Mutant = { name: string; breaks: string; file: string; from: string; to: string };

const RECONCILE = 'src/core/reconcile.ts';
const OVERLAY = 'src/core/overlay.ts';
const SERVER = 'src/client/sync/model/memory-world.ts';

const MUTANTS: readonly Mutant[] = [
  {
    name: 'nocas',
    breaks: 'a delta is taken whatever it was asked with',
    file: RECONCILE,
    from: 'if (base.cursor !== asked) return null;',
    to: '',
  },
  {
    name: 'nocasboot',
    breaks: 'a window is taken however old it is',
    file: RECONCILE,
    from: 'if (base.cursor !== asked && !(follows && held.version < asOf.version)) return null;',
    to: '',
  },
  {
    name: 'fillstale',
    breaks: 'a top-up is taken from a snapshot older than the base',
    file: RECONCILE,
    from: 'if (asOf.epoch !== held.epoch || asOf.version < held.version) return null;',
    to: 'if (asOf.epoch !== held.epoch) return null;',
  },
  {
    name: 'fillgap',
    breaks: 'a top-up is taken wherever the reach is by now',
    file: RECONCILE,
    from: '|| byNewest(base.reach, asked) !== 0) return null;',
    to: ') return null;',
  },
  {
    name: 'fillback',
    breaks: 'a delta puts an older row over the newer one of a top-up, and a deleted row is left',
    file: RECONCILE,
    from: 'rows.delete(change.id);',
    to: '',
  },
  {
    name: 'dropatack',
    breaks: 'an operation leaves the overlay when it is acknowledged',
    file: OVERLAY,
    from: 'return pending.ack.version <= version ? [] : [pending];',
    to: 'return [];',
  },
  {
    name: 'noackepoch',
    breaks: 'an acknowledgement counts in every epoch',
    file: OVERLAY,
    from: 'if (pending.ack.epoch !== epoch) return [{ ...pending, ack: null }];',
    to: '',
  },
  {
    name: 'laterefusal',
    breaks: 'a refusal counts that a rewritten history has given',
    file: OVERLAY,
    from: 'if (cursor !== null && parseCursor(cursor).epoch !== epoch) return outbox;',
    to: '',
  },
  {
    name: 'nopushepoch',
    breaks: 'operations are pushed into an epoch that the device has not seen',
    file: OVERLAY,
    from: 'return { clientId: first.clientId, epoch, ops };',
    to: 'return { clientId: first.clientId, ops };',
  },
  {
    name: 'shownover',
    breaks: 'an operation is shown over a row that contains it already',
    file: OVERLAY,
    from: 'heldIn !== epoch && op.seq <= (last.get(clientId) ?? 0)',
    to: 'heldIn !== epoch && op.seq < 0',
  },
  {
    name: 'heldtoosoon',
    breaks: 'a top-up vouches for rows that it did not bring',
    file: OVERLAY,
    from: ' && (!ids || ids.has(op.id));',
    to: ';',
  },
  {
    name: 'heldforever',
    breaks: 'what a row contained before history was rewritten counts after it',
    file: OVERLAY,
    from: 'known.heldIn === undefined || known.heldIn === epoch ? known : { ...known, heldIn: undefined }',
    to: 'known',
  },
  {
    name: 'blindanswer',
    breaks: 'an answer is taken though it says nothing of what was done meanwhile',
    file: OVERLAY,
    from: 'if (clientsOf(outbox).some((client) => !clients.includes(client))) return null;',
    to: '',
  },
  {
    name: 'shelfstays',
    breaks: 'a collection that was deleted elsewhere stays',
    file: RECONCILE,
    from: 'collections.delete(change.id);',
    to: '',
  },
  {
    name: 'renumber',
    breaks: 'the number of an operation is given out twice',
    file: 'src/client/sync/steps.ts',
    from: 'return [number, { ...now, client: { ...now.client, last: number } }];',
    to: 'return [number, now];',
  },
  {
    name: 'blindtab',
    breaks: 'a tab trusts its memory over what another tab has stored',
    file: 'src/client/store/library-db.ts',
    from: 'if (mark !== null && mark.rev === latest.rev)',
    to: 'if (mark !== null && latest.rev !== null)',
  },
  {
    name: 'nofloor',
    breaks: 'server: removing tombstones does not raise the floor',
    file: SERVER,
    from: 'library.floor = Math.max(library.floor, version);',
    to: '',
  },
  {
    name: 'noepoch',
    breaks: 'server: a restored backup keeps its epoch',
    file: SERVER,
    from: 'for (const library of Object.values(state.libraries)) library.epoch = ++epochs;',
    to: '',
  },
  {
    name: 'nodedupe',
    breaks: 'server: a repeated operation takes effect again',
    file: SERVER,
    from: 'if (op.seq <= (state.lastSeq.get(key) ?? 0)) {',
    to: 'if (op.seq < 0) {',
  },
  {
    name: 'keeporigin',
    breaks: 'server: a row that was written to after a merge still comes as a stub',
    file: SERVER,
    from: 'row.origin = null;',
    to: '',
  },
];

const RUNS = process.env.RUNS ?? '20000';
const SEED = process.env.SEED ?? '42';
const root = path.resolve(import.meta.dirname, '../../../..');
const only = process.argv[2];

const copy = mkdtempSync(path.join(tmpdir(), 'afterimage-mutants-'));
cpSync(path.join(root, 'src/core'), path.join(copy, 'src/core'), { recursive: true });
cpSync(path.join(root, 'src/client'), path.join(copy, 'src/client'), { recursive: true });
cpSync(path.join(root, 'package.json'), path.join(copy, 'package.json'));
symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'), 'dir');

const runModel = () =>
  spawnSync(process.execPath, ['src/client/sync/model/run-model.ts'], {
    cwd: copy,
    env: { ...process.env, RUNS, SEED },
    encoding: 'utf8',
  });

const survivors: string[] = [];
for (const { name, breaks, file, from, to } of MUTANTS) {
  if (only && only !== name) continue;
  const target = path.join(copy, file);
  const source = readFileSync(target, 'utf8');
  if (source.split(from).length !== 2) throw new Error(`${name}: its line is not once in ${file}`);
  writeFileSync(target, source.replace(from, to));
  const { status, stderr } = runModel();
  writeFileSync(target, source);
  const why = /\[cause\]: \w*Error: (.*)/.exec(stderr)?.[1];
  if (status === 0 || !why) survivors.push(name);
  console.log(
    `${status !== 0 && why ? 'caught  ' : 'SURVIVED'}  ${name}: ${breaks}\n          ${why ?? stderr.slice(0, 300)}`,
  );
}
rmSync(copy, { recursive: true });
if (survivors.length > 0) {
  console.log(`Not caught in ${RUNS} schedules: ${survivors.join(', ')}`);
  process.exitCode = 1;
}
