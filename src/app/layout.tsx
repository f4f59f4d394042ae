import type { Metadata, Viewport } from 'next';
import localFont from 'next/font/local';
import { headers } from 'next/headers';
import { ThemeProvider } from 'next-themes';
import type { ReactNode } from 'react';
import { EARLY_OPEN_SCRIPT } from '#client/store/early-open.ts';
import { NONCE_HEADER } from '#server/http/security-headers.ts';
import { RAIL_SCRIPT } from '#ui/shell/rail.ts';
import './globals.css';

/** The Latin part, preloaded with a fallback of the same size; globals.css brings the other scripts on demand. */
const inter = localFont({
  src: '../../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  weight: '100 900',
  variable: '--font-inter',
});

export const metadata: Metadata = {
  title: { default: 'Afterimage', template: '%s - Afterimage' },
  description: 'A studio and permanent gallery for generated images and videos.',
};

export const viewport: Viewport = {
  viewportFit: 'cover',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fafafa' },
    { media: '(prefers-color-scheme: dark)', color: '#09090b' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get(NONCE_HEADER) ?? undefined;
  return (
    <html lang="en" className={inter.variable} suppressHydrationWarning>
      <body className="font-sans">
        <script
          nonce={nonce}
          suppressHydrationWarning
          dangerouslySetInnerHTML={{ __html: `${EARLY_OPEN_SCRIPT};${RAIL_SCRIPT}` }}
        />
        <ThemeProvider attribute="class" nonce={nonce} disableTransitionOnChange>
          {children}
        </ThemeProvider>
      </body>
    </html>
  );
}
