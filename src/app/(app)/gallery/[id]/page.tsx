import type { Metadata } from 'next';
import { LibraryPage } from '#ui/gallery/library-page.tsx';

export const metadata: Metadata = { title: 'Gallery' };

/** A picture's own address: the gallery with the viewer over it, as when it is opened from a tile. */
export default function Page() {
  return <LibraryPage view="gallery" />;
}
