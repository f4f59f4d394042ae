import { expect, test } from 'vitest';
import { isCommonPassword } from './common-passwords.ts';
import { checkPassword, hashPassword, refuseCommon } from './passwords.ts';

test('a hash is argon2id at the agreed cost, differs each time, and tells its password from others', async () => {
  const [one, other] = await Promise.all([
    hashPassword('seven grey pebbles'),
    hashPassword('seven grey pebbles'),
  ]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(other);
  expect(await checkPassword(one, 'seven grey pebbles')).toBe(true);
  expect(await checkPassword(one, 'seven grey pebble')).toBe(false);
});

test('nobody’s password is never right, not even the decoy', async () => {
  expect(await checkPassword(null, 'a password that nobody has')).toBe(false);
});

test('one password is the same in both of its Unicode forms', async () => {
  expect(await checkPassword(await hashPassword('caf\u00e9 au lait 9'), 'cafe\u0301 au lait 9')).toBe(true);
});

test('beyond those that wait, more are sent away, and afterwards all is as before', async () => {
  const asked = Array.from({ length: 80 }, () => checkPassword(null, 'seven grey pebbles'));
  const results = await Promise.allSettled(asked);
  const refused = results.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(80 - 4 - 64);
  expect(refused[0]).toMatchObject({ reason: { code: 'RATE_LIMITED' } });
  expect(await checkPassword(null, 'seven grey pebbles')).toBe(false);
});

test.each([
  'password',
  'Password1',
  'P@ssw0rd!',
  'passw0rd123',
  '12345678',
  '87654321',
  '1234567890',
  'qwertyuiop',
  'QWERTZ123',
  '1q2w3e4r',
  '1qaz2wsx',
  'qazwsxedc',
  'aaaaaaaa',
  'abcabcabc',
  '12121212',
  'iloveyou',
  'ILoveYou2',
  'sunshine1',
  'Summer2026!',
  'dragon123',
  'letmein1',
  'trustno1',
  'football99',
  'monkey123!',
  'welcome1',
  'admin123',
  'superman',
  'princess1',
  'pass word',
  'passwordpassword',
  'baseball!!',
  '19900412',
  'zxcvbnm1',
  'asdfghjkl',
  'changeme1',
  'starwars77',
  'michelle1',
  'Liverpool1',
  'computer',
  'whatever1',
  'h3ll0w0rld',
  'afterimage1',
  '!!!!!!!!',
  'abcdefgh',
  'Passwort1',
])('"%s" is common', (password) => {
  expect(isCommonPassword(password)).toBe(true);
});

test.each([
  'seven grey pebbles',
  'correct horse battery staple',
  'tr4vertine-Ledger',
  'mWq9-vL2z-xK4p',
  'a fair passphrase',
  'Xk29fjQmz81',
  'umbrella lantern',
  'quietly burnt toast',
  'fjällräven vid sjön',
  '写真を撮るのが好きです',
])('"%s" is not', (password) => {
  expect(isCommonPassword(password)).toBe(false);
});

test('the address itself, or the name in it, is no password', () => {
  expect(() => refuseCommon('Ada.Lovelace@example.org', 'ada.lovelace@example.org', 'password')).toThrow(
    /guessed/,
  );
  expect(() => refuseCommon('ada.lovelace', 'ada.lovelace@example.org', 'password')).toThrow(/guessed/);
  expect(() => refuseCommon('ada wrote notes', 'ada.lovelace@example.org', 'password')).not.toThrow();
});

test('the longest and oddest are answered quickly', () => {
  for (const text of ['a'.repeat(128), 'ab1'.repeat(42), '!'.repeat(127) + 'a', 'love'.repeat(32)]) {
    expect(typeof isCommonPassword(text)).toBe('boolean');
  }
});
