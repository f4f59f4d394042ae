import type { Metadata } from 'next';
import { CollectionsPage } from '#ui/collections/collections-page.tsx';

export const metadata: Metadata = { title: 'Collections' };

/** One collection. The address is read by the page itself, which also opens collections without asking the server. */
export default function Page() {
  return <CollectionsPage />;
}
