import type { ReactNode } from 'react';
import { ClientProvider } from '#client/provider.tsx';
import { RefuseDrops } from '#ui/account/refuse-drops.tsx';
import { FeedbackOutlet } from '#ui/kit/feedback-outlet.tsx';

/** Pages about who somebody is stand apart from the library. */
export default function AccountLayout({ children }: { children: ReactNode }) {
  return (
    <ClientProvider>
      {children}
      <RefuseDrops />
      <FeedbackOutlet />
    </ClientProvider>
  );
}
