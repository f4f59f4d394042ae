import type { Metadata } from 'next';
import { ClaimPage } from '#ui/claim/claim-page.tsx';

export const metadata: Metadata = { title: 'Bring it along' };

export default function Page() {
  return <ClaimPage />;
}
