import { expect, test } from 'vitest';
import { claimPath, nextPath } from './next-path.ts';

test.each([
  ['', '/'],
  ['?next=/gallery', '/gallery'],
  ['?next=%2Fgallery%3Fkind%3Dvideo', '/gallery?kind=video'],
  ['?next=https://evil.example', '/'],
  ['?next=//evil.example', '/'],
  ['?next=/\\evil.example', '/'],
  ['?next=/%09/evil.example', '/'],
  ['?next=/.//evil.example', '/'],
  ['?next=/x/..//evil.example', '/'],
  ['?next=//[', '/'],
  ['?next=javascript:alert(1)', '/'],
])('%s leads to %s', (search, path) => {
  expect(nextPath(search)).toBe(path);
});

test('the question in between carries the way on', () => {
  expect(nextPath(new URL(claimPath('/gallery?kind=video'), 'https://x.invalid').search)).toBe(
    '/gallery?kind=video',
  );
});
