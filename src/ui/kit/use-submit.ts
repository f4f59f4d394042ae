'use client';
import { useState, type SubmitEvent } from 'react';

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

/** A form's attempt to have something done. */
export function useSubmit(): Submit {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  async function run(work: () => Promise<unknown>) {
    if (isBusy) return;
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
    run,
    onSubmit: (work) => (event) => {
      event.preventDefault();
      const data = new FormData(event.currentTarget);
      const values = (name: string) => {
        const value = data.get(name);
        return typeof value === 'string' ? value : '';
      };
      void run(() => work(values));
    },
  };
}
