import type { Metadata } from 'next';
import { LibraryPage } from '#ui/gallery/library-page.tsx';

export const metadata: Metadata = { title: 'Gallery' };

export default function Page() {
  return <LibraryPage view="gallery" />;
}
