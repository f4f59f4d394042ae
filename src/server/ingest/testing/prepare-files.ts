/**
 * A process that prepares the files whose paths its parent sends, as the server would, and says what became of each.
 * It holds nothing else, so that what it uses is what preparing takes.
 */
import { readFile } from 'node:fs/promises';
import { AppError } from '#core/errors.ts';
import { prepareMedia, type PreparedMedia } from '../prepare.ts';

export type Task = { id: number; path: string; as: 'bytes' | 'path' };
export type Answer = { id: number; ms: number } & (
  | { type: 'prepared'; prepared: PreparedMedia }
  | { type: 'refused'; code: string; field: string | null; message: string }
  | { type: 'defect'; error: string }
);

const FIELD = 'data';

async function prepareFile({ id, path, as }: Task): Promise<Answer> {
  const source = as === 'path' ? path : await readFile(path);
  const began = performance.now();
  const ms = () => performance.now() - began;
  try {
    return { id, type: 'prepared', prepared: await prepareMedia(source, { field: FIELD }), ms: ms() };
  } catch (error) {
    if (!(error instanceof AppError)) return { id, type: 'defect', error: String(error), ms: ms() };
    const { code, field, message } = error;
    return { id, type: 'refused', code, field, message, ms: ms() };
  }
}

process.on('message', (task: Task) => {
  void prepareFile(task).then((answer) => process.send?.(answer));
});
process.send?.('ready');
