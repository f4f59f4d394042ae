import type { ReactNode } from 'react';
import { ClientProvider } from '#client/provider.tsx';
import { Shell } from '#ui/shell/shell.tsx';

export default function AppLayout({ children }: { children: ReactNode }) {
  return (
    <ClientProvider>
      <Shell>{children}</Shell>
    </ClientProvider>
  );
}
