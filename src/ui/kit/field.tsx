'use client';
import { useId, type InputHTMLAttributes, type ReactNode } from 'react';

type FieldProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> & {
  label: string;
  name: string;
  /** Under the field, until there is something wrong with it. */
  hint?: ReactNode;
  error?: string | null;
  /** For the first field of a form that the person has just asked for. */
  takesFocus?: boolean;
  onChange?: (value: string) => void;
};

const focus = (input: HTMLInputElement | null) => input?.focus();

/** A labelled line of input that says beside itself what is wrong with it. */
export function Field({
  label,
  hint,
  error,
  takesFocus = false,
  onChange,
  className = '',
  ...input
}: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={className}>
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <input
        {...input}
        id={id}
        ref={takesFocus ? focus : undefined}
        onChange={(event) => onChange?.(event.target.value)}
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        className="border-line-strong bg-raised aria-invalid:border-danger touch:h-12 mt-1.5 block h-10 w-full rounded-lg border px-3 text-[16px] md:text-body"
      />
      {note ? (
        <p id={`${id}-note`} className={`mt-1.5 ${error ? 'text-danger' : 'text-quiet'}`}>
          {note}
        </p>
      ) : null}
    </div>
  );
}
