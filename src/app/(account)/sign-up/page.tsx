import type { Metadata } from 'next';
import { SignUpPage } from '#ui/account/sign-up-page.tsx';

export const metadata: Metadata = { title: 'Make an account' };

export default function Page() {
  return <SignUpPage />;
}
