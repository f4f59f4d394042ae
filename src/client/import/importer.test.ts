import { expect, test } from 'vitest';
import { keyOf, readEntry, type Json } from '#core/history.ts';
import type { ImportedEntry } from '#core/import.ts';
import { mediaId } from '#core/testing/rows.ts';
import { RemoteError } from '../sync/remote-port.ts';
import { countStates, createImporter, type ImporterPort } from './importer.ts';

const URL_OF = 'https://pictures.example.org/';
const list = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => ({
    url: `${URL_OF}${from + n}.png`,
    prompt: `prompt ${from + n}`,
  }));

function keyIn(entry: Json) {
  const read = readEntry(entry);
  return read.type === 'item' ? keyOf(read.item) : 'nothing';
}

const away = () => new RemoteError('NETWORK', 'away');

/** A server that keeps keys of what it was sent, as the real one does. */
function newServer() {
  const kept = new Map<string, number>();
  const calls = { preview: [] as Json[][], bring: [] as Json[][], waits: [] as number[] };
  /** What the next calls do in place of an answer. */
  const faults: ((entries: Json[]) => RemoteError | { failed: string[] } | null)[] = [];
  const nothing = { id: null, trashed: false, reason: null };
  const port: ImporterPort = {
    async preview(entries, checkLinks) {
      calls.preview.push(entries);
      return entries.map((entry, index) => {
        const at = kept.get(keyIn(entry));
        if (at !== undefined) return { ...nothing, index, state: 'here', id: mediaId(at) };
        const isDead = checkLinks && keyIn(entry).includes('dead');
        return { ...nothing, index, state: isDead ? 'dead' : 'new', reason: isDead ? 'answered 404' : null };
      });
    },
    async bring(entries) {
      calls.bring.push(entries);
      const fault = faults.shift()?.(entries) ?? null;
      if (fault instanceof RemoteError) throw fault;
      const answers = entries.map((entry, index): ImportedEntry => {
        const key = keyIn(entry);
        if (fault?.failed.includes(key)) return { ...nothing, index, state: 'failed', reason: 'busy' };
        if (key.includes('dead')) return { ...nothing, index, state: 'dead', reason: 'answered 404' };
        const before = kept.get(key);
        kept.set(key, before ?? kept.size + 1);
        return {
          ...nothing,
          index,
          state: before === undefined ? 'saved' : 'here',
          id: mediaId(kept.get(key) ?? 0),
        };
      });
      return { entries: answers, retryAfter: fault ? 3 : null };
    },
    hash: async (data) => (data.length > 0 ? 'a'.repeat(64) : null),
    wait: async (seconds) => void calls.waits.push(seconds),
  };
  return { kept, calls, faults, importer: createImporter(port) };
}

test('a list is looked at, brought in, and here when it comes again', async () => {
  const { importer, calls } = newServer();
  const texts = [JSON.stringify(list(450)), JSON.stringify([{ prompt: 'no link' }, ...list(2)])];
  await importer.look(texts);
  const looked = importer.getState();
  expect(looked).toMatchObject({ phase: 'looked', done: 450, total: 450, error: null });
  expect(looked.rows).toHaveLength(453);
  expect(countStates(looked.rows)).toMatchObject({ new: 450, invalid: 1, repeat: 2 });
  expect(looked.rows[451]?.reason).toContain('entry 1 of this list');
  expect(calls.preview.map(({ length }) => length)).toEqual([200, 200, 50]);
  await importer.bring();
  expect(countStates(importer.getState().rows)).toMatchObject({ saved: 450, new: 0, invalid: 1, repeat: 2 });
  expect(importer.getState()).toMatchObject({ phase: 'ended', error: null });
  expect(Math.max(...calls.bring.map(({ length }) => length))).toBe(6);

  await importer.look(texts);
  expect(countStates(importer.getState().rows)).toMatchObject({ here: 450, new: 0 });
  calls.bring.length = 0;
  await importer.bring();
  expect(calls.bring).toEqual([]);
});

test('dead links are found by a check, and stay in the list with the reason', async () => {
  const { importer } = newServer();
  await importer.look([JSON.stringify([...list(8), `${URL_OF}dead.png`])]);
  expect(countStates(importer.getState().rows)).toMatchObject({ new: 9 });
  await importer.checkLinks();
  expect(countStates(importer.getState().rows)).toMatchObject({ new: 8, dead: 1 });
  expect(importer.getState().rows[8]).toMatchObject({
    state: 'dead',
    reason: 'answered 404',
    link: `${URL_OF}dead.png`,
  });
  await importer.bring();
  expect(countStates(importer.getState().rows)).toMatchObject({ saved: 8, dead: 1 });
});

test('what failed for a while is sent again after the time that was asked for, and alone', async () => {
  const { importer, calls, faults } = newServer();
  await importer.look([JSON.stringify(list(6))]);
  faults.push(() => ({ failed: [`${URL_OF}1.png`, `${URL_OF}4.png`] }));
  await importer.bring();
  expect(calls.waits).toEqual([3]);
  expect(calls.bring[1]).toEqual(list(6).filter((_, n) => n === 1 || n === 4));
  expect(countStates(importer.getState().rows)).toMatchObject({ saved: 6, failed: 0 });
});

test('slow links are gone through by itself, as many calls as they take', async () => {
  const { importer, calls, faults } = newServer();
  await importer.look([JSON.stringify(list(6))]);
  const left = (n: number) => () => ({
    failed: list(6)
      .slice(-n)
      .map(({ url }) => url),
  });
  faults.push(left(5), left(4), left(3), left(2), left(1));
  await importer.bring();
  expect(calls.bring.map(({ length }) => length)).toEqual([6, 5, 4, 3, 2, 1]);
  expect(countStates(importer.getState().rows)).toMatchObject({ saved: 6, failed: 0 });
});

test('a network that is gone for a moment is waited for; one that stays away ends it, to go on later', async () => {
  const { importer, calls, faults } = newServer();
  await importer.look([JSON.stringify(list(14))]);
  faults.push(away, away, () => null, away, away, away, away);
  await importer.bring();
  expect(importer.getState()).toMatchObject({ phase: 'ended', done: 6, total: 14, error: 'away' });
  expect(countStates(importer.getState().rows)).toMatchObject({ saved: 6, new: 8 });
  expect(calls.waits).toEqual([1, 4, 1, 4, 9]);
  await importer.bring();
  expect(importer.getState()).toMatchObject({ phase: 'ended', error: null });
  expect(countStates(importer.getState().rows)).toMatchObject({ saved: 14, new: 0 });
});

test('an answer that was lost on the way is asked for again, and what had come in is here', async () => {
  const { importer, kept, faults } = newServer();
  await importer.look([JSON.stringify(list(3))]);
  faults.push(() => {
    list(3).forEach(({ url }, n) => kept.set(url, n + 1));
    return new RemoteError('NETWORK', 'lost');
  });
  await importer.bring();
  expect(countStates(importer.getState().rows)).toMatchObject({ here: 3, new: 0 });
});

test('a refusal of the whole call is told at once', async () => {
  const { importer, faults, calls } = newServer();
  await importer.look([JSON.stringify(list(3))]);
  faults.push(() => new RemoteError('OWNER_CHANGED', 'somebody else'));
  await importer.bring();
  expect(importer.getState()).toMatchObject({ phase: 'ended', error: 'somebody else' });
  expect(calls.waits).toEqual([]);
});

test('stopped, it ends after the batch under way, whose answer still counts', async () => {
  const { importer, calls, faults } = newServer();
  await importer.look([JSON.stringify(list(20))]);
  faults.push(() => {
    importer.stop();
    return null;
  });
  await importer.bring();
  expect(calls.bring).toHaveLength(1);
  expect(importer.getState().phase).toBe('ended');
  expect(countStates(importer.getState().rows)).toMatchObject({ saved: 6, new: 14 });
  await importer.bring();
  expect(countStates(importer.getState().rows)).toMatchObject({ saved: 20, new: 0 });
});

test('an answer that comes after another list was put in does not touch it', async () => {
  const { importer, faults } = newServer();
  await importer.look([JSON.stringify(list(6))]);
  faults.push(() => {
    importer.clear();
    void importer.look([JSON.stringify(list(6, 100))]);
    return null;
  });
  await importer.bring();
  await expect.poll(() => importer.getState().phase).toBe('looked');
  expect(countStates(importer.getState().rows)).toMatchObject({ new: 6, saved: 0 });
});

test('pictures themselves are asked about by their hash, and sent whole', async () => {
  const { importer, calls } = newServer();
  const data = `data:image/png;base64,${'A'.repeat(80)}`;
  await importer.look([JSON.stringify([{ url: data, prompt: 'kept\0 here' }])]);
  expect(calls.preview).toEqual([[{ sha256: 'a'.repeat(64) }]]);
  await importer.bring();
  expect(calls.bring).toEqual([[{ url: data, prompt: 'kept here' }]]);
});

test.each(['', 'hello', '{}', '[]', '5'])('%j is no history', async (text) => {
  const { importer, calls } = newServer();
  await importer.look([text]);
  expect(importer.getState()).toMatchObject({ phase: 'empty', error: expect.stringContaining('no history') });
  expect(calls.preview).toEqual([]);
});

test('a text that is cut off is brought in as far as it is whole, and says so as long as it is looked at', async () => {
  const { importer } = newServer();
  await importer.look(['[{"url": "https://a']);
  expect(importer.getState()).toMatchObject({
    phase: 'empty',
    error: expect.stringContaining('in the middle'),
  });
  await importer.look([JSON.stringify(list(4)).slice(0, -5)]);
  const problems = [expect.stringContaining('The 3 entries before that are whole')];
  expect(importer.getState()).toMatchObject({ phase: 'looked', error: null, problems });
  await importer.bring();
  expect(importer.getState()).toMatchObject({ phase: 'ended', problems });
  expect(countStates(importer.getState().rows)).toMatchObject({ saved: 3 });
});

test('an entry that is shortened says so from the first look on', async () => {
  const { importer } = newServer();
  const [plain, ...others] = list(3);
  await importer.look([JSON.stringify([plain, { ...others[0], prompt: 'x'.repeat(60_000) }])]);
  const shortened = 'The prompt is shortened from 60,000 to 8,000 characters.';
  expect(importer.getState().rows).toMatchObject([{ shortened: null }, { state: 'new', shortened }]);
  await importer.bring();
  expect(importer.getState().rows).toMatchObject([{ shortened: null }, { state: 'saved', shortened }]);
});

test('links, one a line, are a list', async () => {
  const { importer } = newServer();
  await importer.look([`${URL_OF}1.png\n ${URL_OF}2.png\r\n\n${URL_OF}1.png`]);
  expect(countStates(importer.getState().rows)).toMatchObject({ new: 2, repeat: 1 });
});
