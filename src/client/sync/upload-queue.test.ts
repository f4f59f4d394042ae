import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MAX_UPLOAD_BYTES } from '#core/upload.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { listUploads, totalUploads } from './list-uploads.ts';
import { RemoteError, type Remote } from './remote-port.ts';
import { open, serve } from './testing/engine.ts';

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);
const png = (name: string) => new File([PNG], name, { type: '' });
const names = (count: number) => Array.from({ length: count }, (_, at) => `${at}.png`);

type Sending = { name: string; progress: (bytes: number) => void; end: (error?: RemoteError) => void };

/** A library without items, whose server takes files one byte at a time, as the test says. */
async function openQueue() {
  const { remote } = await serve(0);
  const sending: Sending[] = [];
  let most = 0;
  const engine = open({
    ...remote,
    sendFile: (...[, file, progress, signal]: Parameters<Remote['sendFile']>) =>
      new Promise((resolve, reject) => {
        const one: Sending = {
          name: file instanceof File ? file.name : '',
          progress,
          end: (error) => {
            sending.splice(sending.indexOf(one), 1);
            if (error) reject(error);
            else resolve();
          },
        };
        signal?.addEventListener('abort', () => one.end(new RemoteError('NETWORK', 'Left.')));
        sending.push(one);
        most = Math.max(most, sending.length);
      }),
  });
  await engine.reconcile();
  const items = () => listUploads(engine.getState().snapshot, engine.getState().uploadProgress);
  return { engine, sending, items, most: () => most };
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 1 });

/** While timers stand still. */
async function turns(check: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !check(); turn += 1) await new Promise(setImmediate);
  expect(check()).toBe(true);
}

const statesOf = (items: { name: string; state: string }[]) =>
  Object.fromEntries(items.map(({ name, state }) => [name, state]));

const stuck = (name: string) =>
  Object.assign(png(name), {
    slice: () => Object.assign(new Blob(), { arrayBuffer: () => new Promise(() => {}) }),
  });
/** A device whose pages come and go. */
async function device() {
  const { remote } = await serve(0);
  const store = createMemoryStore();
  return async () => {
    const engine = open({ ...remote, sendFile: () => new Promise(() => {}) }, store);
    await engine.reconcile();
    const items = () => listUploads(engine.getState().snapshot, engine.getState().uploadProgress);
    return { engine, items };
  };
}

describe('files on their way', () => {
  test('three at a time, each counted in bytes, and one that is chosen later goes beside them', async () => {
    const { engine, sending, items, most } = await openQueue();
    await engine.uploads.add([png('first.png')]);
    await until(() => expect(sending).toHaveLength(1));
    await engine.uploads.add(names(6).map(png));
    await until(() => expect(sending).toHaveLength(3));
    sending[0]?.progress(5);
    expect(totalUploads(items())).toMatchObject({ files: 7, saved: 0, bytes: 7 * 12, sent: 5 });
    expect(items().filter(({ state }) => state === 'waiting')).toHaveLength(4);
    for (let left = 7; left > 0; left -= 1) {
      await until(() => expect(sending).toHaveLength(Math.min(3, left)));
      sending[0]?.end();
    }
    await until(() => expect(engine.getState().snapshot.uploads).toHaveLength(0));
    expect(most()).toBe(3);
    expect(engine.getState().snapshot.outbox.map(({ op }) => op.type)).toEqual(names(7).map(() => 'save'));
  });

  test('one that is cancelled leaves nothing, wherever it is, and the others go on', async () => {
    const { engine, sending, items } = await openQueue();
    await engine.uploads.add(names(5).map(png));
    await until(() => expect(sending).toHaveLength(3));
    const byName = new Map(items().map(({ id, name }) => [name, id]));
    for (const name of ['1.png', '4.png']) {
      const id = byName.get(name);
      if (id) await engine.uploads.cancel(id);
    }
    await until(() => expect(sending.map(({ name }) => name).sort()).toEqual(['0.png', '2.png', '3.png']));
    expect(items().map(({ name }) => name)).toEqual(['0.png', '2.png', '3.png']);
    while (sending.length > 0) {
      sending[0]?.end();
      await until(() =>
        expect(items().filter(({ state }) => state === 'sending').length).toBe(sending.length),
      );
    }
    expect(engine.getState().snapshot.outbox).toHaveLength(3);
  });

  test('what cannot be kept is told by name, and nothing of it is sent', async () => {
    const { engine, sending, items } = await openQueue();
    const large = png('large.png');
    Object.defineProperty(large, 'size', { value: MAX_UPLOAD_BYTES + 1 });
    const unreadable = png('gone.png');
    unreadable.slice = () => {
      throw new Error('gone');
    };
    const text = new File(['hello'], 'notes.png', { type: 'image/png' });
    await engine.uploads.add([new File([], 'empty.png'), large, unreadable, text, png('good.png')]);
    await until(() => expect(sending).toHaveLength(1));
    expect(Object.fromEntries(items().map(({ name, error }) => [name, error]))).toEqual({
      'empty.png': 'The file is empty, or no longer where it was.',
      'large.png': 'The file has 537 MB; at most 537 MB are kept.',
      'gone.png': expect.stringContaining('cannot be read'),
      'notes.png': expect.stringContaining('not an image or a video'),
      'good.png': null,
    });
    const failed = new Set(items().flatMap(({ id, state }) => (state === 'failed' ? [id] : [])));
    await engine.uploads.clear(failed);
    expect(items().map(({ name }) => name)).toEqual(['good.png']);
  });

  test('a refusal concerns one file, which can be tried again', async () => {
    const { engine, sending, items } = await openQueue();
    await engine.uploads.add(names(2).map(png));
    await until(() => expect(sending).toHaveLength(2));
    sending[0]?.end(new RemoteError('TOO_LARGE', 'Too large.'));
    sending[0]?.end();
    await until(() => expect(statesOf(items())).toEqual({ '0.png': 'failed', '1.png': 'saving' }));
    const [refused] = items();
    expect(refused).toMatchObject({ error: 'Too large.', order: 1 });
    await engine.retry(1);
    void engine.uploads.send();
    await until(() => expect(sending.map(({ name }) => name)).toEqual(['0.png']));
  });
});

describe('files that were not read to the end', () => {
  test('are told by name once their page is gone, and only then, until they are put aside', async () => {
    const openPage = await device();
    const first = await openPage();
    void first.engine.uploads.add([png('kept.png'), stuck('a.png'), png('b.png')]);
    await until(() =>
      expect(statesOf(first.items())).toMatchObject({ 'kept.png': 'sending', 'a.png': 'reading' }),
    );

    const beside = await openPage();
    await until(() => expect(beside.engine.getState().snapshot.reading).toHaveLength(2));
    await beside.engine.uploads.showFiles(beside.engine.getState().snapshot);
    expect(statesOf(beside.items())).toEqual({ 'kept.png': 'waiting' });

    first.engine.dispose();
    const { engine, items } = await openPage();
    await until(() => expect(statesOf(items())).toMatchObject({ 'a.png': 'failed', 'b.png': 'failed' }));
    const [one, two] = items();
    expect(one).toMatchObject({
      error: 'Not kept: the page was closed while it was read. Choose it again.',
      canRetry: false,
      order: null,
    });
    await engine.uploads.clear(new Set([one, two].flatMap((item) => item?.id ?? [])));
    expect(items().map(({ name }) => name)).toEqual(['kept.png']);
    const again = await openPage();
    expect(again.engine.getState().snapshot.reading).toEqual([]);
  });

  test('are none when all were taken, refused or cancelled', async () => {
    const { engine, items } = await (await device())();
    void engine.uploads.add([png('a.png'), new File([], 'empty.png'), stuck('b.png')]);
    const named = () => engine.getState().snapshot.reading.map(({ name }) => name);
    await until(() => expect(statesOf(items())).toMatchObject({ 'empty.png': 'failed' }));
    expect(named()).toEqual(['b.png']);
    const last = items().find(({ name }) => name === 'b.png');
    if (last) await engine.uploads.cancel(last.id);
    expect(named()).toEqual([]);
  });
});

describe('a network that fails', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is tried again after a pause, and each pause is longer', async () => {
    const { engine, sending } = await openQueue();
    await engine.uploads.add([png('a.png')]);
    for (const longest of [1000, 2000, 4000]) {
      await turns(() => sending.length === 1);
      sending[0]?.end(new RemoteError('NETWORK', 'Gone.'));
      await turns(() => vi.getTimerCount() > 0);
      vi.advanceTimersByTime(longest / 2 - 1);
      await new Promise(setImmediate);
      expect(sending).toHaveLength(0);
      vi.advanceTimersByTime(longest / 2 + 1);
    }
    await turns(() => sending.length === 1);
    sending[0]?.end();
    await turns(() => engine.getState().snapshot.outbox.length === 1);
  });
});
