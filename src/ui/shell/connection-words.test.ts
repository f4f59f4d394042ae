import { describe, expect, test } from 'vitest';
import { describeConnection } from './connection-words.ts';

const base = { state: 'online', items: 214, waiting: 0, failed: [], memoryOnly: false } as const;
const text = (facts: Partial<Parameters<typeof describeConnection>[0]>) =>
  describeConnection({ ...base, ...facts }).text;

describe('connection line', () => {
  test('says what is true, the worst first', () => {
    expect(text({})).toBe('Online');
    expect(text({ state: 'syncing' })).toBe('Syncing');
    expect(text({ state: 'syncing', waiting: 3 })).toBe('3 changes waiting');
    expect(text({ waiting: 1 })).toBe('1 change waiting');
    expect(text({ state: 'offline' })).toBe('Offline: 214 recent items');
    expect(text({ state: 'offline', items: 1 })).toBe('Offline: 1 recent item');
    expect(text({ state: 'offline', waiting: 3 })).toBe('Offline: 3 changes waiting');
    expect(text({ state: 'offline', waiting: 3, failed: [1] })).toBe('1 failed');
    expect(text({ memoryOnly: true })).toBe('Not kept on this device');
  });
});
