'use client';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { announcement, question, toasts } from './feedback.ts';
import { useSignal } from './signal.ts';

const Toaster = dynamic(() => import('./toaster.tsx').then((module) => module.Toaster), { ssr: false });
const QuestionDialog = dynamic(
  () => import('./question-dialog.tsx').then((module) => module.QuestionDialog),
  {
    ssr: false,
  },
);

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
      {needed.toaster ? <Toaster toasts={shown} /> : null}
      {needed.dialog ? <QuestionDialog question={asked} /> : null}
    </>
  );
}
