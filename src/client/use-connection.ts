import { onlineManager } from '@tanstack/react-query';
import { useMemo, useSyncExternalStore } from 'react';
import { isUnsent } from '#core/overlay.ts';
import type { Op } from '#core/sync.ts';
import { session } from './browser.ts';
import { newSnapshot, type Snapshot } from './store/snapshot.ts';
import { isFinal } from './sync/remote-port.ts';
import { useEngineState } from './use-client.ts';

/** A change that the server refused: parked until somebody retries or discards it. */
export type FailedOp = {
  seq: number;
  type: Op['type'];
  /** Of a file that is not saved. */
  filename: string | undefined;
  error: { code: string; message: string };
  canRetry: boolean;
};

export type Connection = {
  state: 'online' | 'offline' | 'syncing';
  /** Items of the gallery that this device can show without a network. */
  items: number;
  /** Changes that wait to be sent or acknowledged. */
  waiting: number;
  failed: readonly FailedOp[];
  retry: (seq: number) => void;
  discard: (seq: number) => void;
  /** Nothing can be kept on this device: it forgets when the page is closed. */
  memoryOnly: boolean;
};

const NOTHING = newSnapshot();

const fileOf = (op: Op) => (op.type === 'save' ? op.input.filename : undefined);

export function failedOf({ outbox, uploads }: Snapshot): FailedOp[] {
  const ops = outbox.flatMap(({ order, op, error }): FailedOp[] =>
    error ? [{ seq: order, type: op.type, filename: fileOf(op), error, canRetry: !isFinal(error) }] : [],
  );
  const files = uploads.flatMap(({ order, input, error }): FailedOp[] =>
    error ? [{ seq: order, type: 'save', filename: input.filename, error, canRetry: !isFinal(error) }] : [],
  );
  return [...ops, ...files];
}

const waitingOf = ({ outbox, uploads }: Snapshot) =>
  outbox.filter(isUnsent).length + uploads.filter(({ error }) => error === null).length;

const retry = (seq: number) => void session?.getState().engine?.retry(seq);
const discard = (seq: number) => void session?.getState().engine?.discard(seq);

export function useConnection(): Connection {
  const snapshot = useEngineState((state) => state.snapshot, NOTHING);
  const isOnline = useSyncExternalStore(
    (listener) => onlineManager.subscribe(listener),
    () => onlineManager.isOnline(),
    () => true,
  );
  const isOutOfReach = useEngineState(({ error }) => error?.isPassing ?? false, false);
  // Asking whether anything is new, once a second while something is generated, is not worth a word.
  const isBusy = useEngineState(
    ({ isSyncing, isChecked, snapshot }) => isSyncing && (!isChecked || waitingOf(snapshot) > 0),
    false,
  );
  const waiting = useMemo(() => waitingOf(snapshot), [snapshot]);
  return {
    state: !isOnline || isOutOfReach ? 'offline' : isBusy ? 'syncing' : 'online',
    items: useEngineState((state, { views }) => views.list(state, {}).length, 0),
    waiting,
    failed: useMemo(() => failedOf(snapshot), [snapshot]),
    retry,
    discard,
    memoryOnly: useEngineState((_, { db }) => !db.isKept, false),
  };
}
