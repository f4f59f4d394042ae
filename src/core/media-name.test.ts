import { expect, test } from 'vitest';
import { downloadNameOf, nameOf } from './media-name.ts';

const item = (headline: string | null, prompt: string, filename?: unknown, mime = 'image/jpeg') => ({
  id: '019a9fd2-6bd4-7a5c-9c5e-0123456789ab',
  createdAt: '2026-11-21T10:00:00.000Z',
  headline,
  prompt,
  metadata: { filename },
  mime,
});

test('an item is called by its headline, its prompt or the name of its file', () => {
  expect(nameOf(item('A fox', 'a fox in snow', 'fox.jpg'))).toBe('A fox');
  expect(nameOf(item(' ', 'a fox in snow', 'fox.jpg'))).toBe('a fox in snow');
  expect(nameOf(item(null, '', 'fox.jpg'))).toBe('fox.jpg');
  expect(nameOf(item(null, '', 'C:\\pictures\\fox.jpg'))).toBe('fox.jpg');
  for (const filename of [undefined, 7, '', ' ', 'folder/'])
    expect(nameOf(item(null, '', filename))).toBeNull();
});

test.each([
  [item('Füchse, im Schnee!', '', 'x.jpg'), '2026-11-21-füchse-im-schnee-456789ab.jpg'],
  [item(null, '🦊', 'x.jpg'), '2026-11-21-456789ab.jpg'],
  [item(null, ''), '2026-11-21-456789ab.jpg'],
  [item(null, '', 'Urlaub 2019.JPEG'), 'Urlaub 2019.JPEG'],
  [item(null, '', 'Urlaub 2019.JPG', 'image/webp'), 'Urlaub 2019.webp'],
  [item(null, '', 'v1.0', 'video/quicktime'), 'v1.0.mov'],
  [item(null, '', '../../run.exe', 'image/png'), 'run.exe.png'],
])('a download of %o is called %s', (media, name) => {
  expect(downloadNameOf(media)).toBe(name);
});
