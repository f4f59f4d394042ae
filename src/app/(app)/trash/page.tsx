import type { Metadata } from 'next';
import { env } from '#env';
import { LibraryPage } from '#ui/gallery/library-page.tsx';

export const metadata: Metadata = { title: 'Trash' };

export default function Page() {
  return <LibraryPage view="trash" trashDays={env().TRASH_DAYS} />;
}
