import { expect, test } from 'vitest';
import { describeFailed } from './failed-words.ts';

test('what failed is named: a file by its name, anything else by what it was', () => {
  expect(describeFailed({ type: 'save', filename: 'truncated.png' })).toBe('truncated.png was not saved');
  expect(describeFailed({ type: 'save', filename: undefined })).toBe('Save did not go through');
  expect(describeFailed({ type: 'patch', filename: undefined })).toBe('Edit did not go through');
});
