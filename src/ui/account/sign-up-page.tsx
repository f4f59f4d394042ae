'use client';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { Suspense, useState } from 'react';
import { accountActions } from '#client/use-account.ts';
import { Alert } from '../kit/alert.tsx';
import { Button } from '../kit/button.tsx';
import { Field } from '../kit/field.tsx';
import { useSubmit } from '../kit/use-submit.ts';
import { AccountFrame } from './account-frame.tsx';
import { LinkSentNote } from './link-sent-note.tsx';
import { claimPath, nextPath } from './next-path.ts';
import { ProviderButtons } from './provider-buttons.tsx';
import { SignedInGate } from './signed-in-gate.tsx';

export function SignUpPage() {
  return (
    <AccountFrame
      title="Keep your library everywhere"
      lead="An account opens your pictures and clips on every device. What you made here as a guest comes along, whole."
    >
      <Suspense>
        <SignUpForm />
      </Suspense>
    </AccountFrame>
  );
}

function SignUpForm() {
  const next = nextPath(useSearchParams().toString());
  const [email, setEmail] = useState('');
  const [sent, setSent] = useState<{ shownLink: string | null } | null>(null);
  const { isBusy, failure, errorOf, onSubmit } = useSubmit();
  if (sent) return <LinkSentNote email={email} shownLink={sent.shownLink} onBack={() => setSent(null)} />;
  return (
    <SignedInGate next={next}>
      <ProviderButtons next={next} />
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={onSubmit(async (value) => {
          const answer = await accountActions.signUp({ email: value('email'), password: value('password') });
          if (answer.status === 'check-mail') setSent(answer);
          else location.assign(claimPath(next));
        })}
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
          error={errorOf('email')}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          hint="At least 8 characters. A few words in a row are good."
          error={errorOf('password')}
        />
        {failure && failure.field !== 'email' && failure.field !== 'password' ? (
          <Alert>{failure.message}</Alert>
        ) : null}
        <Button type="submit" variant="primary" disabled={isBusy} className="h-10">
          {isBusy ? 'Making the account' : 'Make an account'}
        </Button>
      </form>
      <p className="text-quiet mt-6">
        <Link className="text-accent-text hover:underline" href={`/sign-in?next=${encodeURIComponent(next)}`}>
          I have an account
        </Link>
      </p>
    </SignedInGate>
  );
}
