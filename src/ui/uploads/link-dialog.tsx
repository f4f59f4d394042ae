'use client';
import { Dialog } from '@base-ui/react/dialog';
import Link from 'next/link';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useMediaActions } from '#client/use-gallery.ts';
import { saveLink } from '#client/use-link.ts';
import { Button, buttonClass } from '../kit/button.tsx';
import { showToast } from '../kit/feedback.ts';
import { Field } from '../kit/field.tsx';
import { BACKDROP, POPUP } from '../kit/surface.ts';
import { useSubmit } from '../kit/use-submit.ts';

export type LinkDialogProps = {
  open: boolean;
  /** A link that was pasted, which is fetched at once. */
  pasted: string | null;
  onClose: () => void;
};

/** Takes a link to a picture or a video, and says beside it why it could not be kept. */
export function LinkDialog({ open, pasted, onClose }: LinkDialogProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop className={BACKDROP} />
        <Dialog.Popup className={`${POPUP} w-[min(30rem,calc(100vw-2rem))] p-5`}>
          <Dialog.Title className="text-lead font-medium">Add by link</Dialog.Title>
          <Dialog.Description className="text-quiet mt-1 text-pretty">
            The file is fetched and kept here, whatever becomes of the link.
          </Dialog.Description>
          <LinkForm pasted={pasted} onClose={onClose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function LinkForm({ pasted, onClose }: Omit<LinkDialogProps, 'open'>) {
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, failure, onSubmit } = useSubmit();
  const { restore } = useMediaActions();

  async function save(url: string) {
    const { media, wasHere } = await saveLink(url);
    onClose();
    if (!wasHere) showToast('Saved to the gallery');
    else if (media.trashedAt === null) showToast('This is in the gallery already');
    else {
      const action = { label: 'Restore', run: () => restore([media.id]) };
      showToast('This is here already, in the trash', action);
    }
  }
  const begin = useEffectEvent(() => {
    if (pasted !== null) form.current?.requestSubmit();
  });
  useEffect(() => begin(), []);

  return (
    <form ref={form} className="mt-4" onSubmit={onSubmit((value) => save(value('url')))}>
      <Field
        label="Link"
        name="url"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        required
        takesFocus
        defaultValue={pasted ?? ''}
        placeholder="https://"
        error={failure?.message ?? null}
      />
      <div className="mt-5 flex flex-wrap items-center justify-end gap-2">
        <Link
          href="/import"
          className="text-accent-text touch:h-11 mr-auto inline-flex items-center underline"
        >
          Bring in a whole history
        </Link>
        <Dialog.Close className={buttonClass('plain')}>Cancel</Dialog.Close>
        <Button type="submit" variant="primary" disabled={isBusy}>
          {isBusy ? 'Fetching' : 'Save'}
        </Button>
      </div>
    </form>
  );
}
