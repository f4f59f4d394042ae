import { describe, expect, test } from 'vitest';
import { NOW, promptHistory, stepHistory } from './prompt-history.ts';

const history = promptHistory(['c', 'b', 'c', 'a']);

describe('prompt history', () => {
  test('goes back to the first and forward to what was being written', () => {
    const seen: string[] = [];
    let place = NOW;
    let prompt = 'half a th';
    for (const step of [1, 1, 1, 1, -1, -1, -1, -1] as const) {
      const next = stepHistory(history, place, prompt, step);
      if (next) ({ place, prompt } = next);
      seen.push(prompt);
    }
    expect(seen).toEqual(['c', 'b', 'a', 'a', 'b', 'c', 'half a th', 'half a th']);
  });

  test('skips what is in the field already', () => {
    expect(stepHistory(history, NOW, 'c', 1)?.prompt).toBe('b');
  });

  test('has nowhere to go when it is empty', () => {
    expect(stepHistory([], NOW, 'x', 1)).toBeNull();
    expect(stepHistory([], NOW, 'x', -1)).toBeNull();
  });
});
