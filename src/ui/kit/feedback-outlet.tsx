'use client';
import { useState } from 'react';
import { lazyPart } from './lazy-part.tsx';
import { announcement, question, toasts } from './feedback.ts';
import { useSignal } from './signal.ts';

const toaster = lazyPart(() => import('./toaster.tsx').then((module) => module.Toaster));
const dialog = lazyPart(() => import('./question-dialog.tsx').then((module) => module.QuestionDialog));

/** Where toasts, questions and announcements appear. Their code is fetched when the first one does. */
export function FeedbackOutlet() {
  const shown = useSignal(toasts);
  const asked = useSignal(question);
  const said = useSignal(announcement);
  const [needed, setNeeded] = useState({ toaster: false, dialog: false });
  if (shown.length > 0 && !needed.toaster) setNeeded({ ...needed, toaster: true });
  if (asked && !needed.dialog) setNeeded({ ...needed, dialog: true });
  return (
    <>
      <div role="status" aria-live="polite" className="sr-only">
        {said}
      </div>
      {needed.toaster ? <toaster.Part toasts={shown} /> : null}
      {needed.dialog ? <dialog.Part question={asked} /> : null}
    </>
  );
}
