/** Files that journeys bring into a library, and where they are seen on their way. */
import type { Page } from '@playwright/test';
import { filmMp4, paint } from '../src/server/ingest/sample-media.ts';

export type FileSpec = { name: string; mimeType: string; buffer: Buffer };

export const tray = (page: Page) => page.getByRole('region', { name: 'Files being added' });
export const picker = (page: Page) => page.getByLabel('Add files').and(page.locator('input'));

export const MIME = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
};

/** Pictures of all kinds, each of its own size. */
export function pictures(count: number): Promise<FileSpec[]> {
  const endings = ['png', 'jpeg', 'webp', 'gif', 'avif'] as const;
  return Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const ending = endings[at % endings.length] ?? 'png';
      const buffer = await paint(60 + at, 50)
        .toFormat(ending, { effort: 1 })
        .toBuffer();
      return { name: `picture ${at}.${ending}`, mimeType: MIME[ending], buffer };
    }),
  );
}

/** A film with so many bytes that no player looks at. */
export async function film(name: string, padding: number): Promise<FileSpec> {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(padding + 8);
  head.write('free', 4);
  const buffer = Buffer.concat([await filmMp4(), head, Buffer.alloc(padding)]);
  return { name, mimeType: 'video/mp4', buffer };
}

export const savedItems = async (page: Page, app = '') => {
  const answer = await page.request.get(`${app}/api/v1/media?limit=100`);
  const { items }: { items: { mime: string; bytes: number; metadata: { filename?: string } }[] } =
    await answer.json();
  return items;
};
