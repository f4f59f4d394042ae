import type { Metadata } from 'next';
import { LibraryPage } from '#ui/gallery/library-page.tsx';

export const metadata: Metadata = { title: 'Starred' };

export default function Page() {
  return <LibraryPage view="starred" />;
}
