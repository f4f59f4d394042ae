/** Numbers and notation of the sync protocol, apart from its schemas: a browser's first load carries this file. */

/** Raised when the shape of a synced row changes: devices with another one start over. */
export const SYNC_SCHEMA = 2;

/** Rows that a device keeps after a reset, and the number beyond which it trims back to them. */
export const WINDOW = 500;
export const WINDOW_MAX = 1000;

/** Operations that one push may carry. */
export const PUSH_LIMIT = 50;

/** Clients that one question may name. A device has one for each visit in which something was done and not yet sent. */
export const CLIENTS_LIMIT = 100;

/** @param cursor `<epoch>.<version>` */
export function parseCursor(cursor: string): { epoch: string; version: number } {
  const dot = cursor.indexOf('.');
  return { epoch: cursor.slice(0, dot), version: Number(cursor.slice(dot + 1)) };
}

/** What rows add up to; see `Digest`. */
export function digestRows(rows: Iterable<{ id: string; version: number }>): {
  count: number;
  versions: number;
  mix: number;
} {
  let [count, versions, mix] = [0, 0, 0];
  for (const { id, version } of rows) {
    count += 1;
    versions += version;
    mix += (Number.parseInt(id.slice(-4), 16) * version) % 4_294_967_296;
  }
  return { count, versions, mix };
}
