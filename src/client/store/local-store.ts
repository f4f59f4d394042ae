/** A string, or a prefix with more parts; ordered as IndexedDB orders keys. */
export type Key = string | readonly [prefix: string, ...parts: (string | number)[]];

export type Tx = {
  /** The value, or undefined. */
  get: (key: Key) => Promise<unknown>;
  /** Values under a prefix, in the order of their keys. */
  list: (prefix: string) => Promise<unknown[]>;
  /** Keys under a prefix: one for each value of `list`, in the same order. */
  keys: (prefix: string) => Promise<Key[]>;
  put: (key: Key, value: unknown) => void;
  remove: (key: Key) => void;
  removeAll: (prefix: string) => void;
};

/** 'durable' answers once the write would survive a loss of power. */
export type Mode = 'read' | 'write' | 'durable';

/**
 * Where a library is kept in this browser. A transaction is atomic, and writing ones run one after another in all
 * tabs. `work` may await nothing but the transaction's own reads, or the transaction ends under it.
 */
export type LocalStore = {
  readonly kind: 'device' | 'memory';
  /** Rejects, with nothing written, when `work` throws or the device refuses. */
  run: <T>(mode: Mode, work: (tx: Tx) => Promise<T>) => Promise<T>;
  close: () => void;
  /** Closes, deletes everything, and resolves once it is gone. */
  destroy: () => Promise<void>;
};

/** Somebody else deleted this database: another tab that signed out, or a person in the browser's settings. */
export class StoreGoneError extends Error {
  override readonly name = 'StoreGoneError';
}
