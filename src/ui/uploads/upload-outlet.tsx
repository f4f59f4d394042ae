'use client';
import { usePathname } from 'next/navigation';
import { useHasUploads } from '#client/use-upload.ts';
import { lazyPart } from '../kit/lazy-part.tsx';
import { useSignal } from '../kit/signal.ts';
import { linking } from './linking.ts';
import { useDropping } from './use-dropping.ts';

const tray = lazyPart(() => import('./upload-tray.tsx').then((module) => module.UploadTray));
const veil = lazyPart(() => import('./drop-veil.tsx').then((module) => module.DropVeil));
const link = lazyPart(() => import('./link-outlet.tsx').then((module) => module.LinkOutlet));

/** Files and links come in on any page, by drop and by paste, and are told of on any page. */
export function UploadOutlet() {
  // The page of imports takes drops itself: there, files are histories.
  const over = useDropping(usePathname() !== '/import');
  const needed = useHasUploads();
  const asked = useSignal(linking);
  return (
    <>
      {over ? <veil.Part /> : null}
      {needed ? <tray.Part /> : null}
      {asked ? <link.Part /> : null}
    </>
  );
}
