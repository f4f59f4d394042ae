import type { Metadata } from 'next';
import { LinkPage } from '#ui/account/link-page.tsx';

export const metadata: Metadata = { title: 'Sign in with a link' };

export default function Page() {
  return <LinkPage />;
}
