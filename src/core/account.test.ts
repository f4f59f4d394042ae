import { expect, test } from 'vitest';
import { Email } from './account.ts';

test('an address is one in whatever case it is written', () => {
  expect(Email.parse(' Ada@Example.ORG ')).toBe('ada@example.org');
});

test('a foreign letter that becomes a plain one in lower case makes no address of somebody else', () => {
  expect('mar\u212A'.toLowerCase()).toBe('mark');
  expect(Email.safeParse('mar\u212A@example.org').success).toBe(false);
});
