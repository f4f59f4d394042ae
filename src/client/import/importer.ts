/**
 * Brings a history in, batch by batch. Invariant: every entry of the list has one row, whatever becomes of it; and a
 * batch may be lost, stopped or sent again at any point, since what the server has taken answers that it is here.
 */
import { keyOf, makeStorable, readEntry, type Json } from '#core/history.ts';
import type { ImportedEntry, ImportResult, ImportState, PreviewedEntry, PreviewState } from '#core/import.ts';
import type { MediaId } from '#core/media.ts';
import { RemoteError } from '../sync/remote-port.ts';
import { readTexts } from './read-text.ts';

export type RowState = PreviewState | ImportState;

export type ImportRow = {
  /** Place in the list, from 0. */
  index: number;
  /** The prompt, else the link. */
  name: string;
  link: string | null;
  state: RowState;
  /** Why it is not brought in; of one that is, what was too long to be kept whole. */
  reason: string | null;
  /** As far as its text tells: a look asks about bytes by their hash alone. */
  shortened: string | null;
  id: MediaId | null;
  trashed: boolean;
};

export type ImporterState = {
  phase: 'empty' | 'looking' | 'looked' | 'checking' | 'bringing' | 'ended';
  rows: readonly ImportRow[];
  /** What of the texts is not among the rows, and why. */
  problems: readonly string[];
  /** The page was closed while this list was being brought in. */
  wasBrokenOff: boolean;
  /** Entries of the present phase that are done, and how many there are. */
  done: number;
  total: number;
  /** Why the last phase did not come to its end; asking again goes on with what is left. */
  error: string | null;
};

/** All reject with a RemoteError. */
export type ImporterPort = {
  preview: (entries: Json[], checkLinks: boolean) => Promise<PreviewedEntry[]>;
  bring: (entries: Json[]) => Promise<ImportResult>;
  /** In lower case hexadecimal; null where the browser cannot tell it. */
  hash: (dataUrl: string) => Promise<string | null>;
  wait: (seconds: number) => Promise<void>;
};

export type Importer = {
  getState: () => ImporterState;
  subscribe: (listener: () => void) => () => void;
  /** Reads the texts and asks what is new. Nothing is changed anywhere. */
  look: (texts: readonly string[], wasBrokenOff?: boolean) => Promise<void>;
  /** Asks the links of what is new whether they still lead to a picture or a video. */
  checkLinks: () => Promise<void>;
  /** Brings in what is new, and what failed before. */
  bring: () => Promise<void>;
  /** Ends the present phase after the batch that is under way. */
  stop: () => void;
  clear: () => void;
};

const EMPTY: ImporterState = {
  phase: 'empty',
  rows: [],
  problems: [],
  wasBrokenOff: false,
  done: 0,
  total: 0,
  error: null,
};

/** Entries of one request: as many as the server takes of a look, few where links are fetched. */
const LOOK = 200;
const FETCH = 6;
/** Characters of one request. */
const MOST_TEXT = 8_000_000;
/** The server reads no larger request. */
const MOST_ENTRY = 46_000_000;
const ATTEMPTS = 4;

type Entry = { index: number; json: Json; text: string };

/** Puts as many into one request as it may carry. */
function* batchesOf(entries: readonly Entry[], most: number): Generator<Entry[]> {
  let batch: Entry[] = [];
  let size = 0;
  for (const entry of entries) {
    if (batch.length === most || (batch.length > 0 && size + entry.text.length > MOST_TEXT)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(entry);
    size += entry.text.length;
  }
  if (batch.length > 0) yield batch;
}

export function createImporter(port: ImporterPort): Importer {
  const listeners = new Set<() => void>();
  let state = EMPTY;
  /** What is sent for each row; nothing for one that is settled by its text. */
  let entries: Entry[] = [];
  /** Counts phases: one that was stopped or replaced writes nothing more. */
  let turn = 0;

  function set(next: Partial<ImporterState>) {
    state = { ...state, ...next };
    for (const listener of listeners) listener();
  }

  /** Writes down what a batch was answered, unless another list has come in its place. */
  function settle(
    list: readonly Entry[],
    batch: readonly Entry[],
    answers: readonly (PreviewedEntry | ImportedEntry)[],
  ) {
    if (list !== entries) return;
    const rows = [...state.rows];
    for (const answer of answers) {
      const at = batch[answer.index]?.index;
      const row = at === undefined ? undefined : rows[at];
      if (!row) continue;
      const { state, id, trashed, reason } = answer;
      rows[row.index] = { ...row, state, id, trashed, reason };
    }
    set({ rows });
  }

  /** Reads every entry, and settles what needs no server. */
  function begin(found: readonly unknown[], told: Pick<ImporterState, 'problems' | 'wasBrokenOff'>) {
    const first = new Map<string, number>();
    entries = [];
    const rows = found.map((entry, index): ImportRow => {
      const read = readEntry(entry);
      const row = {
        index,
        name: `Entry ${index + 1}`,
        link: null,
        reason: null,
        shortened: null,
        id: null,
        trashed: false,
      };
      if (read.type === 'invalid') return { ...row, state: 'invalid', reason: read.reason };
      const { shortened } = read;
      const { source, headline, prompt } = read.item;
      const link = source.type === 'link' ? source.url.slice(0, 2048) : null;
      const named = { ...row, link, shortened, name: headline ?? (prompt.slice(0, 200) || link || row.name) };
      const before = first.get(keyOf(read.item));
      if (before !== undefined) {
        return { ...named, state: 'repeat', reason: `The same picture as entry ${before + 1} of this list.` };
      }
      first.set(keyOf(read.item), index);
      const json = makeStorable(entry);
      const text = JSON.stringify(json);
      if (text.length > MOST_ENTRY) {
        return {
          ...named,
          state: 'invalid',
          reason: 'This picture is too large to come as text. Save it as a file and upload that.',
        };
      }
      entries.push({ index, json, text });
      return { ...named, state: 'new' };
    });
    set({ ...EMPTY, ...told, phase: 'looking', rows, total: entries.length });
  }

  /** The hash in place of the bytes, where that is enough. */
  async function toQuestion({ json }: Entry): Promise<Json> {
    const read = readEntry(json);
    if (read.type === 'invalid' || read.item.source.type !== 'data') return json;
    const sha256 = await port.hash(read.item.source.data);
    return sha256 === null ? json : { sha256 };
  }

  /**
   * Works through batches, again and more slowly where that may help.
   * @param work Answers in how many seconds what is left of a batch should be sent again, or null.
   */
  async function run(
    phase: 'looking' | 'checking' | 'bringing',
    wanted: readonly Entry[],
    most: number,
    work: (batch: Entry[]) => Promise<{ left: Entry[]; seconds: number } | null>,
    end: 'looked' | 'ended',
  ) {
    turn += 1;
    const own = turn;
    set({ phase, done: 0, total: wanted.length, error: null });
    for (const batch of batchesOf(wanted, most)) {
      let rest = batch;
      for (let attempt = 1; rest.length > 0; attempt += 1) {
        try {
          const again = await work(rest);
          if (turn !== own) return;
          if (!again || attempt === ATTEMPTS) break;
          // A call that got further was no failure: slow links take many of them.
          if (again.left.length < rest.length) attempt = 0;
          rest = again.left;
          await port.wait(again.seconds);
        } catch (error) {
          if (turn !== own) return;
          if (!(error instanceof RemoteError)) throw error;
          if (!error.isPassing || attempt === ATTEMPTS) {
            set({ phase: end, error: error.message });
            return;
          }
          await port.wait(attempt * attempt);
        }
        if (turn !== own) return;
      }
      set({ done: state.done + batch.length });
    }
    set({ phase: end });
  }

  const inState = (...states: RowState[]) =>
    entries.filter(({ index }) => states.some((one) => state.rows[index]?.state === one));

  async function askWhatIsNew(batch: Entry[]) {
    const list = entries;
    settle(list, batch, await port.preview(await Promise.all(batch.map(toQuestion)), false));
    return null;
  }

  async function askLinks(batch: Entry[]) {
    const list = entries;
    const answers = await port.preview(
      batch.map(({ json }) => json),
      true,
    );
    settle(list, batch, answers);
    return null;
  }

  async function send(batch: Entry[]) {
    const list = entries;
    const result = await port.bring(batch.map(({ json }) => json));
    settle(list, batch, result.entries);
    const left = batch.filter(({ index }) => state.rows[index]?.state === 'failed');
    return left.length > 0 && result.retryAfter !== null ? { left, seconds: result.retryAfter } : null;
  }

  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    look: async (texts, wasBrokenOff = false) => {
      const { entries: found, problems } = readTexts(texts);
      if (found.length === 0) {
        set({ error: problems.join(' ') });
        return;
      }
      begin(found, { problems, wasBrokenOff });
      await run('looking', entries, LOOK, askWhatIsNew, 'looked');
    },
    checkLinks: () => {
      const links = inState('new').filter(({ index }) => state.rows[index]?.link);
      return run('checking', links, FETCH, askLinks, 'looked');
    },
    bring: () => run('bringing', inState('new', 'failed'), FETCH, send, 'ended'),
    stop: () => {
      turn += 1;
      set({ phase: state.phase === 'bringing' ? 'ended' : 'looked' });
    },
    clear: () => {
      turn += 1;
      entries = [];
      set(EMPTY);
    },
  };
}

export const countStates = (rows: readonly ImportRow[]): Record<RowState, number> => {
  const counts = { new: 0, here: 0, repeat: 0, dead: 0, refused: 0, invalid: 0, saved: 0, failed: 0 };
  for (const { state } of rows) counts[state] += 1;
  return counts;
};
