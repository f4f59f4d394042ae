/**
 * The steps at which a process is killed. Each is a call at a port: a statement or a commit at the database, a call of
 * the storage, the provider or the queue, and the answer to whoever asked; counted within the operation.
 */
export type When = 'before' | 'half of' | 'during' | 'after';
export type Point = { when: When; step: string; nth: number };

const LISTED = {
  save: [
    'before insert storage_objects 1',
    'after commit of insert storage_objects 1',
    'half of put 1',
    'after put 1',
    'after put 3',
    'after get 1',
    'after commit of update storage_objects 3',
    'after update libraries 1',
    'after insert media 1',
    'before commit of insert media 1',
    'during commit of insert media 1',
    'after commit of insert media 1',
    'after answer 1',
  ],
  upload: [
    'half of put 1',
    'before commit of insert uploads 1',
    'during commit of insert uploads 1',
    'after answer 1',
    'before lend 1',
    'before delete uploads 1',
    'during commit of delete uploads 1',
    'after commit of delete uploads 1',
  ],
  ingest: [
    'after enqueue 1',
    'during commit of insert generations 1',
    'after answer 1',
    'before generate 1',
    'after generate 1',
    'half of put 1',
    'after put 3',
    'before commit of insert media 1',
    'during commit of insert media 1',
    'after commit of insert media 1',
    'before insert media 2',
    'during commit of insert media 2',
    'after commit of insert media 2',
    'after answer 2',
  ],
  purge: [
    'after delete media_files 1',
    'before commit of update media 1',
    'during commit of update media 1',
    'before ask for a sweep 1',
    'after answer 1',
    'before delete 1',
    'after delete 1',
    'after delete 3',
    'after head 2',
    'before commit of update storage_objects 3',
    'during commit of update storage_objects 3',
    'after answer 2',
  ],
  move: [
    'after commit of insert storage_objects 1',
    'half of put 1',
    'after put 2',
    'after get 3',
    'after commit of update storage_objects 2',
    'after update media_files 1',
    'before commit of update media_files 2',
    'during commit of update media_files 2',
    'after commit of update media_files 3',
    'after answer 1',
  ],
  merge: [
    'after update guest_sessions 1',
    'after update collections 1',
    'after update media 1',
    'after update media_files 1',
    'after update libraries 2',
    'before commit of insert claims 1',
    'during commit of insert claims 1',
    'after commit of insert claims 1',
    'before notify 2',
    'after answer 1',
  ],
  repoint: [
    'after update guest_sessions 1',
    'after update libraries 1',
    'before commit of insert claims 1',
    'during commit of insert claims 1',
    'after commit of insert claims 1',
  ],
  undo: [
    'after update libraries 1',
    'after insert libraries 1',
    'after update media 1',
    'after update media_files 1',
    'before commit of update claims 1',
    'during commit of update claims 1',
    'after commit of update claims 1',
    'after answer 1',
  ],
} as const;

export type OperationName = keyof typeof LISTED;

function parsePoint(text: string): Point {
  const [, when, step, nth] = /^(before|half of|during|after) (.+) (\d+)$/.exec(text) ?? [];
  if (when !== 'before' && when !== 'half of' && when !== 'during' && when !== 'after')
    throw new Error(`no point: ${text}`);
  return { when, step: step ?? '', nth: Number(nth) };
}

export type NamedPoint = { name: string; operation: OperationName; point: Point };

const operations = Object.keys(LISTED).filter((name): name is OperationName => name in LISTED);

export const POINTS: readonly NamedPoint[] = operations.flatMap((operation) =>
  LISTED[operation].map((text) => ({ name: `${operation}: ${text}`, operation, point: parsePoint(text) })),
);
