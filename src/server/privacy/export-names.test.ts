import { expect, test } from 'vitest';
import { slugOf } from '#core/media-name.ts';
import { MediaId } from '#core/media.ts';
import { archiveNameOf } from './export-names.ts';

const id = MediaId.parse('019a9fd2-6bd4-7a5c-9c5e-0123456789ab');
const item = (headline: string | null, prompt = '') => ({
  id,
  createdAt: new Date('2026-11-21T10:00:00Z'),
  headline,
  prompt,
  metadata: {},
  mime: 'image/png' as const,
  trashedAt: null,
});

test('a name tells the day and the words, and ends in the id', () => {
  expect(archiveNameOf(item('A fox, in snow!'))).toBe(`media/2026-11-21-a-fox-in-snow-${id}.png`);
  expect(archiveNameOf(item(null, 'Füchse im Schnee'))).toBe(`media/2026-11-21-füchse-im-schnee-${id}.png`);
  expect(archiveNameOf({ ...item('雪の狐'), trashedAt: new Date() })).toBe(
    `trash/2026-11-21-雪の狐-${id}.png`,
  );
  const brought = { ...item(null), metadata: { filename: 'IMG 0042.final.PNG' } };
  expect(archiveNameOf(brought)).toBe(`media/2026-11-21-img-0042-final-${id}.png`);
  expect(archiveNameOf({ ...item('   '), mime: 'video/quicktime' })).toBe(`media/2026-11-21-${id}.mov`);
});

test.each([
  '../../etc/passwd',
  '/etc/passwd',
  '..\\..\\windows\\system32',
  'C:\\a:b',
  'a\u0000b',
  'a\nb\r',
  '\u202Egnp.exe',
  '.',
  '..',
  '~root',
  '-rf',
  '%2e%2e%2f',
  'con.',
  '<script>|*?"',
  '\ud800',
])('nothing of %j can leave the folder', (text) => {
  const [folder, file, ...rest] = archiveNameOf(item(text)).split('/');
  expect([folder, rest]).toEqual(['media', []]);
  expect(file).toMatch(/^2026-11-21-[\p{L}\p{M}\p{N}-]*\.png$/u);
});

test('a name of any length fits into a file system', () => {
  const longest = '𠀀'.repeat(500);
  expect(Buffer.byteLength(slugOf(longest))).toBe(160);
  expect(Buffer.byteLength(archiveNameOf(item(longest))) - 'media/'.length).toBeLessThanOrEqual(255);
});
