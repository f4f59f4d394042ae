import { useSyncExternalStore } from 'react';
import { readEntry } from '#core/history.ts';
import { api, session } from './browser.ts';
import { createImporter, type Importer, type ImporterState } from './import/importer.ts';
import { forgetTexts, keepTexts, recallTexts } from './import/kept-text.ts';
import { readText } from './import/read-text.ts';
import { toRemoteError } from './remote.ts';

export { countStates, type ImporterState, type ImportRow, type RowState } from './import/importer.ts';

const orRemoteError = <T>(answer: Promise<T>) =>
  answer.catch((error: unknown): never => {
    throw toRemoteError(
      error,
      'The server cannot be reached. Go on when it can: what is here already is passed over.',
    );
  });

async function hash(dataUrl: string): Promise<string | null> {
  // Browsers withhold it from pages on plain http.
  if (!crypto.subtle) return null;
  try {
    const text = dataUrl.startsWith('data:') ? dataUrl.slice(dataUrl.indexOf(',') + 1) : dataUrl;
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch {
    // Not base64: the server says what is wrong with it.
    return null;
  }
}

const importer: Importer = createImporter({
  async preview(entries, checkLinks) {
    const context = { library: session?.getState().engine?.library ?? null };
    const answer = api.media.previewImport.mutate({ entries, checkLinks }, { context });
    return (await orRemoteError(answer)).entries;
  },
  async bring(entries) {
    const engine = await session?.ensureLibrary();
    const context = { library: engine?.library ?? null };
    return orRemoteError(api.media.import.mutate({ entries }, { context }));
  },
  hash,
  wait: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
});

let looked: readonly string[] = [];

/** What one look at a list, one check and one import are made of; all of them outlive the page that began them. */
export const importActions = {
  look: (texts: readonly string[], wasBrokenOff = false) => {
    looked = texts;
    return importer.look(texts, wasBrokenOff);
  },
  checkLinks: importer.checkLinks,
  /** Rejects with a RemoteError when a browser without a library gets none. */
  bring: async () => {
    const engine = await session?.ensureLibrary();
    if (engine) keepTexts(engine.library, looked);
    await importer.bring();
    const { rows, error } = importer.getState();
    const isDone = error === null && !rows.some(({ state }) => state === 'new' || state === 'failed');
    if (isDone) forgetTexts();
  },
  stop: importer.stop,
  clear: () => {
    forgetTexts();
    importer.clear();
  },
  /** Looks again at what a reload interrupted. */
  resume: async () => {
    const library = session?.getState().engine?.library;
    const texts = library && importer.getState().phase === 'empty' ? recallTexts(library) : null;
    if (texts) await importActions.look(texts, true);
  },
};

export const useImport = (): ImporterState =>
  useSyncExternalStore(importer.subscribe, importer.getState, importer.getState);

export type StoredHistory = { key: string; count: number; text: string };

function findStoredHistories(): StoredHistory[] {
  try {
    return Object.entries(localStorage).flatMap(([key, text]: [string, unknown]) => {
      if (key.startsWith('afterimage') || typeof text !== 'string' || !/^\s*[[{]/.test(text)) return [];
      const count = readText(text).entries.filter((entry) => readEntry(entry).type === 'item').length;
      return count === 0 ? [] : { key, count, text };
    });
  } catch {
    return [];
  }
}

const NONE: readonly StoredHistory[] = [];
let stored: readonly StoredHistory[] | null = null;
const never = () => () => {};

/** Histories that another page of this address has left in the browser's storage, as they were at the first look. */
export const useStoredHistories = (): readonly StoredHistory[] =>
  useSyncExternalStore(
    never,
    () => (stored ??= findStoredHistories()),
    () => NONE,
  );
