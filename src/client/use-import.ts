import { useSyncExternalStore } from 'react';
import { readEntry } from '#core/history.ts';
import type { LibraryId } from '#core/owner.ts';
import { api, session } from './browser.ts';
import { createImporter, type Importer, type ImporterState } from './import/importer.ts';
import { forgetTexts, keepTexts, recallTexts, type KeptTexts } from './import/kept-text.ts';
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

/** The list that was looked at last. */
let looked: KeptTexts | null = null;
let draft = '';
/** Whose library was here when the page was last open. */
let owner: LibraryId | null = null;
const draftListeners = new Set<() => void>();

function writeDraft(text: string) {
  draft = text;
  for (const listener of draftListeners) listener();
}

function keep(library: LibraryId | null, kept: KeptTexts) {
  looked = kept;
  keepTexts(library, kept);
}

/** @returns Whether there is anything to look at: `error` says what is wrong with the texts otherwise. */
function look(kept: KeptTexts): boolean {
  void importer.look(kept.texts, kept.isBegun);
  if (importer.getState().phase === 'empty') return false;
  keep(session?.getState().me?.library ?? null, kept);
  return true;
}

function clear() {
  looked = null;
  forgetTexts();
  importer.clear();
  writeDraft('');
}

/** What one look at a list, one check and one import are made of; all of them outlive the page that began them. */
export const importActions = {
  lookAt: (texts: readonly string[]) => look({ texts, isPasted: false, isBegun: false }),
  lookAtDraft: () => look({ texts: [draft], isPasted: true, isBegun: false }),
  writeDraft,
  checkLinks: importer.checkLinks,
  /** Rejects with a RemoteError when a browser without a library gets none. */
  bring: async () => {
    const engine = await session?.ensureLibrary();
    if (engine && looked) keep(engine.library, { ...looked, isBegun: true });
    await importer.bring();
    const { rows, error } = importer.getState();
    const isDone = error === null && !rows.some(({ state }) => state === 'new' || state === 'failed');
    if (!isDone) return;
    looked = null;
    forgetTexts();
    writeDraft('');
  },
  stop: importer.stop,
  /** Forgets the list, for another one. */
  clear,
  /** Back to the choice of a list, which is kept as it was chosen. What is being brought in goes on. */
  leaveLook: () => {
    if (importer.getState().phase !== 'bringing') importer.clear();
  },
  /** Looks again at the list that was looked at before. */
  lookAgain: () => {
    if (looked && importer.getState().phase === 'empty') look(looked);
  },
  /** After a reload, or when somebody else came: brings back the list of this person, and nobody else's. */
  resume: (library: LibraryId | null, wasLooking: boolean) => {
    if (owner !== null && owner !== library) clear();
    owner = library;
    if (importer.getState().phase !== 'empty') return;
    const kept = looked ?? recallTexts(library);
    if (!kept) return;
    looked = kept;
    if (kept.isPasted && draft === '') writeDraft(kept.texts[0] ?? '');
    if (wasLooking || kept.isBegun) look(kept);
  },
};

/** What is written into the box. */
export const useImportDraft = (): string =>
  useSyncExternalStore(
    (listener) => {
      draftListeners.add(listener);
      return () => void draftListeners.delete(listener);
    },
    () => draft,
    () => '',
  );

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
