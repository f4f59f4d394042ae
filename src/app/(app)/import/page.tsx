import type { Metadata } from 'next';
import { ImportPage } from '#ui/import/import-page.tsx';

export const metadata: Metadata = { title: 'Bring in a history' };

export default function Page() {
  return <ImportPage />;
}
