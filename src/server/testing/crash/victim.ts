/** A server that is killed at one step of one task. It is told which as its first message, and says what it answered. */
import { flushCompileCache } from 'node:module';
import { openServer } from '../../server.ts';
import { act, type Task } from './acts.ts';
import { openPlaces, type Folders } from './places.ts';
import type { Point } from './points.ts';
import { createSteps } from './steps.ts';

export type Order = {
  databaseUrl: string;
  folders: Folders;
  task: Task;
  point: Point | null;
  delayMs: number;
};
export type Word = { type: 'answer' | 'step'; what: string };

/** Heard before the process may die: an answer that was given is an answer. */
const tell = (word: Word) =>
  new Promise<void>((resolve, reject) => {
    if (!process.send) throw new Error('started without a channel to its parent');
    process.send(word, (error: Error | null) => (error ? reject(error) : resolve()));
  });

process.once('message', (order: Order) => void obey(order));

async function obey({ databaseUrl, folders, task, point, delayMs }: Order): Promise<void> {
  const steps = createSteps(point, delayMs, (what) => {
    if (point === null) void tell({ type: 'step', what });
  });
  const { disk, s3 } = await openPlaces(folders);
  const places = { storage: steps.watchStorage(disk), s3: steps.watchStorage(s3) };
  const server = steps.watchServer(
    await openServer({
      databaseUrl,
      storage: places.storage,
      otherStorage: async (backend) => (backend === 's3' ? places.s3 : null),
      role: 'sender',
      scratch: folders.scratch,
    }),
  );
  // Written down for those after it: a process that is killed cannot do it at its end.
  flushCompileCache();
  steps.watchDatabase();
  await act(server, task, (what) => steps.reach('answer', () => tell({ type: 'answer', what })));
  process.exit(0);
}
