import type { MediaId } from '#core/media.ts';
import type { Op } from '#core/sync.ts';

/** A change that the server refused: parked until somebody retries or discards it. */
export type FailedOp = {
  seq: number;
  type: Op['type'];
  id: MediaId;
  error: { code: string; message: string };
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

export function useConnection(): Connection {
  return {
    state: 'online',
    items: 0,
    waiting: 0,
    failed: [],
    retry: () => {},
    discard: () => {},
    memoryOnly: false,
  };
}
