'use client';
import { Dialog } from '@base-ui/react/dialog';
import { useRef } from 'react';
import { Button, buttonClass } from '../kit/button.tsx';
import { BACKDROP, POPUP } from '../kit/surface.ts';

/** Asks for the name of a collection, a new one or one that has a name. */
export function NameDialog({
  open,
  name,
  onName,
  onClose,
}: {
  open: boolean;
  /** Null: a new one. */
  name: string | null;
  onName: (name: string) => void;
  onClose: () => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop className={BACKDROP} />
        <Dialog.Popup className={`${POPUP} w-[min(24rem,calc(100vw-2rem))] p-5`} initialFocus={input}>
          <Dialog.Title className="text-lead font-medium">
            {name === null ? 'New collection' : 'Rename collection'}
          </Dialog.Title>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              const wanted = input.current?.value.trim() ?? '';
              // It goes away slowly: a second press would still find it.
              if (!open || wanted === '') return;
              onClose();
              if (wanted !== name) onName(wanted);
            }}
          >
            <input
              ref={input}
              key={name}
              defaultValue={name ?? ''}
              required
              maxLength={120}
              aria-label="Name"
              placeholder="Name"
              autoComplete="off"
              onFocus={(event) => event.target.select()}
              className="border-line-strong bg-surface placeholder:text-quiet touch:h-11 mt-4 h-9 w-full rounded-lg border px-3"
            />
            <div className="mt-5 flex justify-end gap-2">
              <Dialog.Close className={buttonClass('plain')}>Cancel</Dialog.Close>
              <Button type="submit" variant="primary">
                {name === null ? 'Create' : 'Rename'}
              </Button>
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
