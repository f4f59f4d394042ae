'use client';
import { useEffect, useRef, useState, type SubmitEvent } from 'react';

export type Failure = { message: string; field: string | null };

const messageOf = (error: unknown): Failure =>
  error instanceof Error
    ? {
        message: error.message,
        field: 'field' in error && typeof error.field === 'string' ? error.field : null,
      }
    : { message: 'Something went wrong. Try again.', field: null };

export type Submit = {
  isBusy: boolean;
  /** What the last attempt was refused for; gone with the next. */
  failure: Failure | null;
  /** The refusal that belongs to one field. */
  errorOf: (field: string) => string | null;
  /** Runs one attempt at a time; what it throws becomes the failure. */
  run: (work: () => Promise<unknown>) => Promise<void>;
  onSubmit: (
    work: (values: (name: string) => string) => Promise<unknown>,
  ) => (event: SubmitEvent<HTMLFormElement>) => void;
};

const isLost = () => document.activeElement === document.body;

/** Where the keyboard goes on when what had the focus is gone, or cannot have it: a browser would begin at the top. */
function rescueFocus(from: HTMLElement | null) {
  if (isLost() && from?.isConnected) from.focus();
  if (isLost()) document.querySelector('main')?.focus({ preventScroll: true });
}

/** A form's attempt to have something done. The focus goes to the field that was refused, and is never lost. */
export function useSubmit(): Submit {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const attempt = useRef<{ from: HTMLElement | null; form: HTMLFormElement | null } | null>(null);
  useEffect(() => {
    if (isBusy || !attempt.current) return;
    const { from, form } = attempt.current;
    attempt.current = null;
    const refused = failure && form?.querySelector<HTMLElement>('[aria-invalid="true"]');
    if (refused) refused.focus();
    else rescueFocus(from);
  }, [isBusy, failure]);
  useEffect(() => () => (attempt.current ? rescueFocus(null) : undefined), []);
  async function run(work: () => Promise<unknown>, form: HTMLFormElement | null = null) {
    if (isBusy) return;
    const { activeElement } = document;
    attempt.current = { from: activeElement instanceof HTMLElement ? activeElement : null, form };
    setBusy(true);
    setFailure(null);
    try {
      await work();
    } catch (error) {
      setFailure(messageOf(error));
    } finally {
      setBusy(false);
    }
  }
  return {
    isBusy,
    failure,
    errorOf: (field) => (failure?.field === field ? failure.message : null),
    run: (work) => run(work),
    onSubmit: (work) => (event) => {
      event.preventDefault();
      const form = event.currentTarget;
      const data = new FormData(form);
      const values = (name: string) => {
        const value = data.get(name);
        return typeof value === 'string' ? value : '';
      };
      void run(() => work(values), form);
    },
  };
}
