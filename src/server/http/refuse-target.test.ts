import { expect, test } from 'vitest';
import { refuseTarget } from './refuse-target.ts';

const SITE = new URL('https://gallery.example.org');
const statusOf = (asked: { method?: string; url?: string; host?: string }, site: URL | null = SITE) =>
  refuseTarget({ method: 'GET', url: '/', host: 'localhost:3000', ...asked }, site)?.status ?? null;

test.each([
  'localhost:3000',
  '127.0.0.1:3000',
  '127.1.2.3',
  '[::1]:3000',
  'a.localhost',
  'gallery.example.org',
  'GALLERY.example.org:443',
])('a server of this computer answers to %s', (host) => expect(statusOf({ host })).toBeNull());

test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '192.0.2.1', '', 'a b'])(
  'and not to "%s", where one that others reach does',
  (host) => {
    expect(statusOf({ host })).toBe(421);
    expect(statusOf({ host }, null)).toBeNull();
  },
);

test('an address that cannot be decoded and a method that nobody needs are refused', () => {
  expect(statusOf({ url: '/gallery/%E0%A4%A' })).toBe(400);
  expect(statusOf({ url: '/gallery/%E2%82%AC?q=%E0%A4%A' })).toBeNull();
  expect(statusOf({ method: 'TRACE' })).toBe(405);
  expect(statusOf({ method: 'PATCH' })).toBeNull();
});
