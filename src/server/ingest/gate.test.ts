import { describe, expect, it } from 'vitest';
import { createGate, withDeadline } from './gate.ts';

const turn = () => new Promise(setImmediate);

function task() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const seen = { started: false, resolve, reject, work: () => ((seen.started = true), promise) };
  return seen;
}

describe('the gate', () => {
  it('admits by weight, in order, and nothing past one that waits', async () => {
    const enter = createGate(10);
    const [first, heavy, light] = [task(), task(), task()];
    const all = [enter(6, 'f', first.work), enter(8, 'f', heavy.work), enter(1, 'f', light.work)];
    await turn();
    expect([first.started, heavy.started, light.started]).toEqual([true, false, false]);
    first.resolve('first');
    await turn();
    expect([heavy.started, light.started]).toEqual([true, true]);
    heavy.resolve('heavy');
    light.resolve('light');
    expect(await Promise.all(all)).toEqual(['first', 'heavy', 'light']);
  });

  it('admits alone what is heavier than all it has', async () => {
    const enter = createGate(10);
    const [giant, next] = [task(), task()];
    const done = [enter(1000, 'f', giant.work), enter(1, 'f', next.work)];
    await turn();
    expect([giant.started, next.started]).toEqual([true, false]);
    giant.resolve('');
    await turn();
    expect(next.started).toBe(true);
    next.resolve('');
    await Promise.all(done);
  });

  it('goes on after work that failed', async () => {
    const enter = createGate(1);
    const failing = task();
    const failed = enter(1, 'f', failing.work);
    const next = enter(1, 'f', async () => 'next');
    failing.reject(new Error('broken'));
    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('next');
  });
});

describe('the deadline', () => {
  it('answers for work that never ends, naming the field', async () => {
    const never = new Promise<string>(() => {});
    await expect(withDeadline('data', never, 5)).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'data' });
  });

  it('does not mind work that fails afterwards', async () => {
    const { promise, reject } = Promise.withResolvers<string>();
    await expect(withDeadline('data', promise, 5)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    reject(new Error('late'));
    await turn();
  });
});
