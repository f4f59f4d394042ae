import type { ReactNode } from 'react';
import { CollectOutlet } from '../collections/collect-outlet.tsx';
import { FeedbackOutlet } from '../kit/feedback-outlet.tsx';
import { UploadEntry } from '../uploads/upload-entry.tsx';
import { BottomBar } from './bottom-bar.tsx';
import { SHELL_ID } from './shell-id.ts';
import { Shortcuts } from './shortcuts.tsx';
import { Sidebar } from './sidebar.tsx';
import { SignedOutEntry } from './signed-out-entry.tsx';
import { UpdateLine } from './update-line.tsx';

export function Shell({ children }: { children: ReactNode }) {
  return (
    <>
      <div id={SHELL_ID} className="min-h-dvh">
        <a
          href="#main"
          className="bg-raised border-line shadow-float fixed top-2 left-2 z-50 -translate-y-20 rounded-lg border px-3 py-2 focus:translate-y-0"
        >
          Skip to content
        </a>
        <Sidebar />
        {/* Clipped: a list that is laid out for the width before must not widen the page for a frame. */}
        <main
          id="main"
          tabIndex={-1}
          className="min-h-dvh overflow-x-clip pb-20 outline-none md:pb-0 md:pl-(--sidebar)"
        >
          {children}
        </main>
        <BottomBar />
      </div>
      <Shortcuts />
      <UpdateLine />
      <SignedOutEntry />
      <CollectOutlet />
      <UploadEntry />
      <FeedbackOutlet />
    </>
  );
}
