'use client';
import Link from 'next/link';
import { useState } from 'react';
import { accountActions } from '#client/use-account.ts';
import { Alert } from '../kit/alert.tsx';
import { Button, buttonClass } from '../kit/button.tsx';
import { Field } from '../kit/field.tsx';
import { useSubmit } from '../kit/use-submit.ts';
import { AccountFrame } from './account-frame.tsx';
import { LinkSentNote } from './link-sent-note.tsx';
import { useLinkToken } from './use-link-token.ts';

/** Without a token the question for an address, with one the question for a new password. */
export function ResetPage() {
  const token = useLinkToken();
  if (token === null) return null;
  return token === '' ? <AskForReset /> : <SetPassword token={token} />;
}

function AskForReset() {
  const [email, setEmail] = useState('');
  const [sent, setSent] = useState<{ shownLink: string | null } | null>(null);
  const { isBusy, failure, onSubmit } = useSubmit();
  return (
    <AccountFrame title="Set a new password" lead="We send a link to the address of your account.">
      {sent ? (
        <LinkSentNote email={email} shownLink={sent.shownLink} onBack={() => setSent(null)} />
      ) : (
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={onSubmit(async (value) =>
            setSent(await accountActions.requestReset({ email: value('email') })),
          )}
        >
          <Field
            label="E-mail"
            name="email"
            type="email"
            autoComplete="username"
            takesFocus
            required
            value={email}
            onChange={setEmail}
            error={failure?.message}
          />
          <Button type="submit" variant="primary" disabled={isBusy} className="h-10">
            Send the link
          </Button>
        </form>
      )}
      <p className="mt-6">
        <Link className="text-accent-text hover:underline" href="/sign-in">
          Back to signing in
        </Link>
      </p>
    </AccountFrame>
  );
}

function SetPassword({ token }: { token: string }) {
  const [providers, setProviders] = useState<string[] | null>(null);
  const { isBusy, failure, errorOf, onSubmit } = useSubmit();
  if (providers !== null) {
    return (
      <AccountFrame
        title="The new password holds"
        lead="All devices were signed out. Sign in again with the new password."
      >
        {providers.length > 0 ? (
          <p className="mb-4">
            {providers.join(' and ')} can sign in to this account as well. If that is not you, take it away in
            the settings of the account.
          </p>
        ) : null}
        <Link href="/sign-in" className={buttonClass('primary', 'h-10 w-full')}>
          Sign in
        </Link>
      </AccountFrame>
    );
  }
  return (
    <AccountFrame title="Set a new password" lead="It ends all sessions of this account, on every device.">
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={onSubmit(async (value) => {
          const done = await accountActions.reset({ token, password: value('password') });
          setProviders(done.providers);
        })}
      >
        <Field
          label="New password"
          name="password"
          type="password"
          autoComplete="new-password"
          takesFocus
          required
          hint="At least 8 characters."
          error={errorOf('password')}
        />
        {failure && failure.field !== 'password' ? <Alert>{failure.message}</Alert> : null}
        <Button type="submit" variant="primary" disabled={isBusy} className="h-10">
          Set the password
        </Button>
      </form>
      <p className="mt-6 flex flex-wrap justify-between gap-x-6 gap-y-2">
        {/* The same page: loaded without the token it asks for an address. */}
        <a className="text-accent-text hover:underline" href="/reset">
          Ask for a new link
        </a>
        <Link className="text-accent-text hover:underline" href="/sign-in">
          Back to signing in
        </Link>
      </p>
    </AccountFrame>
  );
}
