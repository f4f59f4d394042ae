import type { Metadata } from 'next';
import { CreatePage } from '#ui/create/create-page.tsx';

export const metadata: Metadata = { title: { absolute: 'Create - Afterimage' } };

export default function Page() {
  return <CreatePage />;
}
