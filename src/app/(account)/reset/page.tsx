import type { Metadata } from 'next';
import { ResetPage } from '#ui/account/reset-page.tsx';

export const metadata: Metadata = { title: 'Set a new password' };

export default function Page() {
  return <ResetPage />;
}
