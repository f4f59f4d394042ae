import { expect, test } from 'vitest';
import { onShutdown, runShutdown } from './shutdown.ts';

test('everything registered ends once, and one failure stops no other', async () => {
  const ended: string[] = [];
  onShutdown(async () => void ended.push('a'));
  onShutdown(() => Promise.reject(new Error('b failed')));
  onShutdown(async () => void ended.push('c'));
  const takeBack = onShutdown(async () => void ended.push('d'));
  takeBack();
  expect(await runShutdown(1000)).toEqual([new Error('b failed')]);
  expect(ended).toEqual(['a', 'c']);
  expect(await runShutdown(1000)).toEqual([]);
  expect(ended).toEqual(['a', 'c']);
});

test('one that never ends is reported, not waited for', async () => {
  onShutdown(() => new Promise(() => {}));
  expect(await runShutdown(20)).toEqual([new Error('not everything ended within 0.02 s')]);
});
