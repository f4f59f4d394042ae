'use client';
import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from 'react';
import { Alert } from '../kit/alert.tsx';
import { Button } from '../kit/button.tsx';
import { useSubmit, type Submit } from '../kit/use-submit.ts';

type Submission = Pick<Submit, 'errorOf'>;

type Props = {
  /** What the button says that opens it. */
  label: string;
  /** What the form's own button says. */
  submit: string;
  variant?: 'primary' | 'danger';
  /** Names of fields that show their error themselves. */
  fields: readonly string[];
  onSubmit: (value: (name: string) => string) => Promise<void>;
  children: (submission: Submission) => ReactNode;
};

/** A form that a button opens. Cancel, Escape and success close it, and give the focus back to the button. */
export function FormBehind(props: Props) {
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !isOpen) opener.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  if (isOpen) return <OpenForm {...props} onClose={() => setOpen(false)} />;
  return (
    <Button ref={opener} onClick={() => setOpen(true)}>
      {props.label}
    </Button>
  );
}

function OpenForm({
  label,
  submit,
  variant = 'primary',
  fields,
  onSubmit,
  onClose,
  children,
}: Props & { onClose: () => void }) {
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, failure, errorOf, onSubmit: submitted } = useSubmit();
  const close = useEffectEvent(onClose);
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => (key === 'Escape' ? close() : undefined);
    const { current } = form;
    current?.addEventListener('keydown', onKey);
    return () => current?.removeEventListener('keydown', onKey);
  }, []);
  return (
    <form
      ref={form}
      noValidate
      aria-label={label}
      className="flex max-w-80 flex-col gap-4"
      onSubmit={submitted(async (value) => {
        await onSubmit(value);
        onClose();
      })}
    >
      {children({ errorOf })}
      {failure && !fields.includes(failure.field ?? '') ? <Alert>{failure.message}</Alert> : null}
      <div className="flex gap-2">
        <Button type="submit" variant={variant} disabled={isBusy}>
          {submit}
        </Button>
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
