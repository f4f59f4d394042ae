'use client';
import { AlertDialog } from '@base-ui/react/alert-dialog';
import { useRef } from 'react';
import { buttonClass } from './button.tsx';
import type { Question } from './feedback.ts';
import { BACKDROP, POPUP } from './surface.ts';

/** A question before something that cannot be taken back. Focus starts on the way out. */
export function QuestionDialog({ question }: { question: Question | null }) {
  const cancel = useRef<HTMLButtonElement>(null);
  return (
    <AlertDialog.Root
      open={question !== null}
      onOpenChange={(open) => {
        if (!open) question?.resolve(false);
      }}
    >
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={BACKDROP} />
        <AlertDialog.Popup className={`${POPUP} w-[min(26rem,calc(100vw-2rem))] p-5`} initialFocus={cancel}>
          <AlertDialog.Title className="text-lead font-medium">{question?.title}</AlertDialog.Title>
          <AlertDialog.Description className="text-quiet mt-1.5">{question?.body}</AlertDialog.Description>
          <div className="mt-5 flex justify-end gap-2">
            <AlertDialog.Close ref={cancel} className={buttonClass('plain')}>
              Cancel
            </AlertDialog.Close>
            <button type="button" className={buttonClass('danger')} onClick={() => question?.resolve(true)}>
              {question?.confirm}
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
