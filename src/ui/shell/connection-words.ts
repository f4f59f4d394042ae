import type { Connection } from '#client/use-connection.ts';

export type ConnectionWords = { text: string; tone: 'ok' | 'quiet' | 'warn' | 'danger' };

const count = (number: number, noun: string) =>
  `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

type Facts = Pick<Connection, 'state' | 'items' | 'waiting' | 'memoryOnly'> & { failed: readonly unknown[] };

/** The one line that is true and matters most: what failed, then the network, then what waits. */
export function describeConnection({ state, items, waiting, failed, memoryOnly }: Facts): ConnectionWords {
  if (failed.length > 0) return { text: `${failed.length.toLocaleString('en')} failed`, tone: 'danger' };
  const waits = waiting > 0 ? `${count(waiting, 'change')} waiting` : null;
  if (state === 'offline') {
    return { text: waits ? `Offline: ${waits}` : `Offline: ${count(items, 'recent item')}`, tone: 'warn' };
  }
  if (waits) return { text: waits, tone: 'quiet' };
  if (memoryOnly) return { text: 'Not kept on this device', tone: 'warn' };
  return state === 'syncing' ? { text: 'Syncing', tone: 'quiet' } : { text: 'Online', tone: 'ok' };
}
