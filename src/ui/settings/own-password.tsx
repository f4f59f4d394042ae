import { Field } from '../kit/field.tsx';

/** Asks for the password that the account has, before what only its owner may do. */
export function OwnPassword({
  error,
  label = 'Password',
  name = 'password',
  takesFocus = false,
}: {
  error: string | null;
  label?: string;
  name?: string;
  takesFocus?: boolean;
}) {
  return (
    <Field
      label={label}
      name={name}
      type="password"
      autoComplete="current-password"
      takesFocus={takesFocus}
      error={error}
    />
  );
}
