import type { Metadata } from 'next';
import { ConfirmEmailPage } from '#ui/settings/confirm-email-page.tsx';

export const metadata: Metadata = { title: 'Confirm an address' };

export default function Page() {
  return <ConfirmEmailPage />;
}
