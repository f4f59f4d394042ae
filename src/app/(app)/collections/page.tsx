import type { Metadata } from 'next';
import { CollectionsPage } from '#ui/collections/collections-page.tsx';

export const metadata: Metadata = { title: 'Collections' };

export default function Page() {
  return <CollectionsPage />;
}
