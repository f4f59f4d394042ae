/** Gives files to a process that prepares them, and judges what it says, how long it takes and what it holds. */
import { fork, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { Mime } from '#core/media.ts';
import { MAX_DURATION_MS, MAX_PIXELS } from '../limits.ts';
import type { PreparedMedia } from '../prepare.ts';
import { PAYLOAD, type HostileFile } from './hostile-file.ts';
import type { Answer, Task } from './prepare-files.ts';
import { cpuTime, watchMemory, type Peak } from './process-memory.ts';

export type Outcome = {
  name: string;
  became: 'taken' | 'refused';
  /** What may not be: a crash, a silence, an error that is none of ours, or a record that does not fit its bytes. */
  fault: string | null;
  /** What was said about it, or made of it. */
  said: string;
  ms: number;
  /** While it was prepared, with whatever else was prepared at the same time. */
  peak: Peak | null;
};

export type Fed = { outcomes: Outcome[]; peak: Peak | null };

/** Of processor time, since a busy machine is slow, not wrong. */
const SLOWEST_MS = 10_000;
/** After this much silence the process is ended: its own deadline has failed. */
const SILENCE_MS = 30_000;

const PROGRAM = join(import.meta.dirname, 'prepare-files.ts');

type FeedOptions = {
  /** How many the process has at the same time; only one alone shows what each file takes. */
  atOnce?: number;
  /** As a save gives them: at hand, or where an upload lies. */
  as?: Task['as'];
  onOutcome?: (outcome: Outcome) => void;
};

export async function feedFiles(
  files: readonly HostileFile[],
  { atOnce = 1, as = 'bytes', onOutcome = () => {} }: FeedOptions = {},
): Promise<Fed> {
  const folder = await mkdtemp(join(tmpdir(), 'afterimage-hostile-'));
  const outcomes: Outcome[] = [];
  const peaks: Peak[] = [];
  let running: Preparer | null = null;
  let tasks = 0;

  async function judgeFile(file: HostileFile): Promise<Outcome> {
    const bytes = await file.make();
    const id = (tasks += 1);
    const path = join(folder, String(id));
    await writeFile(path, bytes);
    if (!running?.isAlive()) running = await startPreparer();
    const { answer, peak, cpuMs } = await running.prepare({ id, path, as }, atOnce === 1);
    if (peak) peaks.push(peak);
    await rm(path);
    return { name: file.name, peak, ...(await judge(file, bytes, answer, atOnce === 1 ? cpuMs : null)) };
  }

  const rest = files.values();
  try {
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (const file of rest) {
          const outcome = await judgeFile(file);
          outcomes.push(outcome);
          onOutcome(outcome);
        }
      }),
    );
  } finally {
    (running as Preparer | null)?.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return { outcomes, peak: highest(peaks) };
}

export function highest(peaks: Peak[]): Peak | null {
  const most = (part: keyof Peak) => Math.max(...peaks.map((peak) => peak[part]));
  return peaks.length === 0 ? null : { own: most('own'), child: most('child'), together: most('together') };
}

type Preparer = {
  prepare: (
    task: Task,
    alone: boolean,
  ) => Promise<{ answer: Answer | string; peak: Peak | null; cpuMs: number }>;
  isAlive: () => boolean;
  stop: () => void;
};

async function startPreparer(): Promise<Preparer> {
  const child: ChildProcess = fork(PROGRAM, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const memory = watchMemory(child.pid ?? 0);
  const waiting = new Map<number, (answer: Answer | string) => void>();
  let alive = true;
  child.on('exit', (code, signal) => {
    alive = false;
    memory.stop();
    for (const tell of waiting.values()) tell(`the process ended with ${signal ?? code}`);
  });
  await new Promise<void>((ready, failed) => {
    child.once('message', () => ready());
    child.once('exit', () => failed(new Error('the process that prepares files did not start')));
  });
  child.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer));
  return {
    isAlive: () => alive,
    stop: () => child.kill('SIGKILL'),
    async prepare(task, alone) {
      if (alone) memory.restart();
      const before = cpuTime(child.pid ?? 0);
      const began = performance.now();
      const { promise, resolve } = Promise.withResolvers<Answer | string>();
      waiting.set(task.id, resolve);
      const timer = setTimeout(() => {
        resolve(`no answer within ${SILENCE_MS / 1000} s`);
        child.kill('SIGKILL');
      }, SILENCE_MS);
      child.send(task);
      const answer = await promise;
      clearTimeout(timer);
      waiting.delete(task.id);
      const after = cpuTime(child.pid ?? 0);
      const cpuMs = before === null || after === null ? performance.now() - began : after - before;
      return { answer, peak: memory.peak(), cpuMs };
    },
  };
}

type Judgement = Pick<Outcome, 'became' | 'fault' | 'said' | 'ms'>;

async function judge(
  file: HostileFile,
  bytes: Uint8Array,
  answer: Answer | string,
  /** Null when others ran beside it. */
  cpuMs: number | null,
): Promise<Judgement> {
  if (typeof answer === 'string') return { became: 'refused', fault: answer, said: '', ms: SILENCE_MS };
  const { ms } = answer;
  const became = answer.type === 'prepared' ? 'taken' : 'refused';
  const said = sayWhat(answer);
  const fault =
    (await faultIn(answer, bytes)) ??
    (cpuMs !== null && cpuMs > SLOWEST_MS ? `took ${(cpuMs / 1000).toFixed(1)} s of processor time` : null) ??
    (cpuMs !== null && file.must !== undefined && file.must !== `be ${became}`
      ? `was ${became}: ${said}`
      : null);
  return { became, fault, said, ms };
}

function sayWhat(answer: Answer): string {
  switch (answer.type) {
    case 'prepared': {
      const { mime, width, height, files } = answer.prepared;
      return `${mime} ${width} x ${height}, ${files.map(({ role }) => role).join(' and ') || 'no picture'}`;
    }
    case 'refused':
      return `${answer.code}: ${answer.message}`;
    case 'defect':
      return answer.error;
  }
}

const CLEAR = new Set(['BAD_INPUT', 'TOO_LARGE', 'UNSUPPORTED_MEDIA']);

async function faultIn(answer: Answer, bytes: Uint8Array): Promise<string | null> {
  switch (answer.type) {
    case 'defect':
      return answer.error;
    case 'refused':
      if (!CLEAR.has(answer.code)) return `refused as ${answer.code}: ${answer.message}`;
      return answer.field === 'data' ? null : `named the field ${answer.field}`;
    case 'prepared':
      return faultInRecord(answer.prepared, bytes);
  }
}

/** A record is of these bytes, and its renditions are what it says they are. */
async function faultInRecord(prepared: PreparedMedia, bytes: Uint8Array): Promise<string | null> {
  const { mime, width, height, durationMs, files, thumbhash, kind } = prepared;
  if (!Mime.safeParse(mime).success) return `has the type ${mime}`;
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0))
    return `is ${width} x ${height}`;
  if (width * height > MAX_PIXELS) return `is ${width} x ${height}`;
  if (durationMs !== null && !(Number.isInteger(durationMs) && durationMs <= MAX_DURATION_MS))
    return `lasts ${durationMs} ms`;
  if (prepared.sha256 !== createHash('sha256').update(bytes).digest('hex'))
    return 'has another hash than its bytes';
  if (prepared.bytes !== bytes.byteLength) return 'has another size than its bytes';
  const roles = files.map(({ role }) => role).join();
  const wanted = kind === 'image' ? ['preview,thumb'] : ['poster,thumb', ''];
  if (!wanted.includes(roles)) return `has the renditions ${roles}`;
  if ((thumbhash === null) !== (roles === '')) return 'has renditions or a hash of one, not both';
  for (const file of files) {
    const { data, info } = await sharp(file.bytes).raw().toBuffer({ resolveWithObject: true });
    if (data.byteLength === 0 || info.width !== file.width || info.height !== file.height)
      return `its ${file.role} is ${info.width} x ${info.height}, not ${file.width} x ${file.height}`;
    if (Buffer.from(file.bytes).includes(PAYLOAD)) return `its ${file.role} carries what was hidden in it`;
  }
  return null;
}
