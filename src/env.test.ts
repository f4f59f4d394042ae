import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { EnvSchema, missingForPublicHost, readEnv } from './env.ts';

describe('readEnv', () => {
  test('an empty environment gives the defaults, and an empty value is an absent one', () => {
    const expected = {
      PORT: 3000,
      HOST: '127.0.0.1',
      TRUSTED_PROXIES: 0,
      DATA_DIR: path.resolve('.data'),
      STORAGE: 'disk',
      UPLOADTHING_ACL: 'private',
      TRASH_DAYS: 30,
      GUEST_IDLE_DAYS: 90,
      JOBS: 'inline',
    };
    expect(readEnv({})).toEqual(expected);
    expect(readEnv({ PORT: '', DATABASE_URL: ' ', AUTH_SECRET: '', HOME: '/root' })).toEqual(expected);
  });

  test.each([
    ['PORT', '3000x'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['HOST', 'http://a b'],
    ['DATABASE_URL', 'mysql://u:hidden@h/d'],
    ['DATABASE_URL', 'postgres://hidden:hidden@h:port/d'],
    ['DATABASE_URL', 'postgres://hidden:hidden@h/my%20gallery'],
    ['NEXTAUTH_URL', 'gallery.example.org'],
    ['AUTH_SECRET', 'hidden'],
    ['STORAGE', 'hidden'],
    ['S3_ENDPOINT', 'hidden.example'],
    ['S3_BUCKET', 'hidden/other'],
    ['S3_REGION', 'hidden region'],
    ['UPLOADTHING_TOKEN', 'sk_live_hidden'],
    ['UPLOADTHING_TOKEN', btoa('{"apiKey":"hidden"}')],
    ['UPLOADTHING_ACL', 'hidden'],
    ['IMAGEKIT_URL_ENDPOINT', 'hidden'],
    ['CLOUDINARY_URL', 'https://hidden'],
    ['CLOUDINARY_URL', 'cloudinary://hidden@cloud'],
    ['JOBS', 'hidden'],
    ['TRASH_DAYS', '-1'],
    ['GUEST_IDLE_DAYS', '4000'],
    ['CLEANUP_SECRET', 'hidden'],
    ['SMTP_URL', 'hidden.example.org'],
    ['OIDC_ISSUER', 'hidden'],
    ['OIDC_NAME', 'hidden'.repeat(10)],
  ])('%s=%s is refused in one line that names it and hides the value', (name, value) => {
    expect(() => readEnv({ [name]: value })).toThrow(new RegExp(`^${name} must [^\n]+$`));
    expect(() => readEnv({ [name]: value })).not.toThrow(/hidden/);
  });

  const UPLOADTHING_TOKEN = btoa('{"apiKey":"sk_live_hidden","appId":"app","regions":["sea1"]}');

  test.each<[string, Record<string, string>]>([
    ['s3', { S3_ENDPOINT: 'http://minio:9000', S3_BUCKET: 'bucket', S3_KEY: 'k', S3_SECRET: 's' }],
    ['uploadthing', { UPLOADTHING_TOKEN }],
    ['imagekit', { IMAGEKIT_PRIVATE_KEY: 'private_x', IMAGEKIT_URL_ENDPOINT: 'https://ik.imagekit.io/x' }],
    ['cloudinary', { CLOUDINARY_URL: 'cloudinary://key:secret@cloud' }],
  ])('STORAGE=%s names in one line what it lacks', (STORAGE, needed) => {
    const names = Object.keys(needed);
    const lacks = (absent: string[]) =>
      new Error(absent.map((name) => `${name} must be set for STORAGE=${STORAGE}`).join('; '));
    expect(() => readEnv({ STORAGE })).toThrow(lacks(names));
    expect(readEnv({ STORAGE, ...needed })).toMatchObject(needed);
    for (const name of names)
      expect(() => readEnv({ STORAGE, ...needed, [name]: ' ' })).toThrow(lacks([name]));
  });

  test('every variable at fault is named at once', () => {
    expect(() => readEnv({ PORT: 'x', JOBS: 'x' })).toThrow(/^PORT .*; JOBS /);
  });

  test.each([
    [{ GOOGLE_ID: 'hidden' }, /^GOOGLE_SECRET must be set beside GOOGLE_ID$/],
    [{ GITHUB_SECRET: 'hidden' }, /^GITHUB_ID must be set beside GITHUB_SECRET$/],
    [
      { OIDC_ISSUER: 'https://login.example.org' },
      /^OIDC_ID must be set beside OIDC_ISSUER; OIDC_SECRET must .* OIDC_ISSUER$/,
    ],
  ])('half of what belongs together is refused: %o', (source, message) => {
    expect(() => readEnv(source)).toThrow(message);
  });

  test.each(['post@example.org', 'Afterimage <post@example.org>'])('mails come from %s', (MAIL_FROM) => {
    expect(readEnv({ MAIL_FROM, SMTP_URL: 'smtps://a:b@mail.example.org:465' })).toMatchObject({ MAIL_FROM });
  });

  test.each(['post', 'a@', 'Post <a@b>\r\nBcc: c@d'])('mails do not come from "%s"', (MAIL_FROM) => {
    expect(() => readEnv({ MAIL_FROM, SMTP_URL: 'smtp://mail.example.org' })).toThrow(
      /^MAIL_FROM must be an/,
    );
  });

  test('the public address is kept as an origin', () => {
    expect(readEnv({ NEXTAUTH_URL: 'https://a.example/x/' }).NEXTAUTH_URL).toBe('https://a.example');
  });
});

describe('missingForPublicHost', () => {
  test.each(['127.0.0.1', '127.9.9.9', 'localhost', '::1', undefined])('nothing on loopback: %s', (HOST) => {
    expect(missingForPublicHost({ HOST })).toEqual([]);
  });

  test.each(['0.0.0.0', '::', '192.168.1.2', 'gallery.example.org', '127.0.0.1.example.org'])(
    'what a public host lacks is named: %s',
    (HOST) => {
      expect(missingForPublicHost({ HOST })).toEqual([
        'NEXTAUTH_URL',
        'AUTH_SECRET',
        'DATABASE_URL',
        'STORAGE or DATA_DIR',
      ]);
      const set = { HOST, AUTH_SECRET: 'sixteen characters', NEXTAUTH_URL: 'https://gallery.example.org' };
      expect(missingForPublicHost({ ...set, STORAGE: 'disk' })).toEqual(['DATABASE_URL']);
      const DATABASE_URL = 'postgres://db/a';
      expect(missingForPublicHost({ ...set, DATABASE_URL, DATA_DIR: '/srv/a' })).toEqual([]);
    },
  );
});

test('.env.example names every variable once, with its default', () => {
  const lines = readFileSync('.env.example', 'utf8').split('\n');
  const listed = lines.filter((line) => line && !line.startsWith('#'));
  const names = listed.map((line) => line.slice(0, line.indexOf('=')));
  expect(names.sort()).toEqual(Object.keys(EnvSchema.shape).sort());

  const example = Object.fromEntries(listed.map((line) => line.split('=')));
  expect(readEnv(example)).toEqual(readEnv({}));
  const withValue = names.filter((name) => example[name]);
  expect(withValue.sort()).toEqual(Object.keys(readEnv({})).sort());
});
