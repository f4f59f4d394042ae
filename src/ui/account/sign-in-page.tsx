'use client';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { Suspense, useState } from 'react';
import { accountActions, useSignInMethods } from '#client/use-account.ts';
import { Alert } from '../kit/alert.tsx';
import { Button } from '../kit/button.tsx';
import { Field } from '../kit/field.tsx';
import { useSubmit } from '../kit/use-submit.ts';
import { AccountFrame } from './account-frame.tsx';
import { LinkSentNote } from './link-sent-note.tsx';
import { claimPath, nextPath } from './next-path.ts';
import { ProviderButtons } from './provider-buttons.tsx';
import { SignedInGate } from './signed-in-gate.tsx';

/** Why a provider sent the person back without signing in. */
const REFUSED: Record<string, string> = {
  OAuthAccountNotLinked:
    'This address has an account already. Sign in to it the usual way; the provider can be linked in its settings.',
  AccessDenied: 'The provider did not allow it. Nothing was changed.',
};
const FAILED = 'Signing in with this provider did not work. Nothing was changed: try again.';

export function SignInPage() {
  return (
    <AccountFrame
      title="Sign in"
      lead="Your library follows you to every device. What you made here as a guest can come along."
    >
      <Suspense>
        <SignInForm />
      </Suspense>
    </AccountFrame>
  );
}

function SignInForm() {
  const params = useSearchParams();
  const next = nextPath(params.toString());
  const refused = params.get('error');
  const { value: methods } = useSignInMethods();
  const [email, setEmail] = useState('');
  const [sent, setSent] = useState<{ shownLink: string | null } | null>(null);
  const { isBusy, failure, errorOf, onSubmit, run } = useSubmit();
  if (sent) return <LinkSentNote email={email} shownLink={sent.shownLink} onBack={() => setSent(null)} />;
  return (
    <SignedInGate next={next}>
      {refused ? (
        <div className="mb-5">
          <Alert>{REFUSED[refused] ?? FAILED}</Alert>
        </div>
      ) : null}
      <ProviderButtons next={next} />
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={onSubmit(async (value) => {
          await accountActions.signIn({ email: value('email'), password: value('password') });
          location.assign(claimPath(next));
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
          autoComplete="current-password"
          required
          error={errorOf('password')}
        />
        {failure && failure.field !== 'email' && failure.field !== 'password' ? (
          <Alert>{failure.message}</Alert>
        ) : null}
        <Button type="submit" variant="primary" disabled={isBusy} className="h-10">
          {isBusy ? 'Signing in' : 'Sign in'}
        </Button>
        {methods?.link ? (
          <Button
            disabled={isBusy}
            onClick={() => void run(async () => setSent(await accountActions.requestLink({ email })))}
          >
            Send me a link instead
          </Button>
        ) : null}
      </form>
      <p className="text-quiet mt-6 flex flex-wrap justify-between gap-x-6 gap-y-2">
        <Link className="text-accent-text hover:underline" href={`/sign-up?next=${encodeURIComponent(next)}`}>
          Make an account
        </Link>
        {methods?.mail || methods?.link ? (
          <Link className="text-accent-text hover:underline" href="/reset">
            Forgot the password
          </Link>
        ) : null}
      </p>
    </SignedInGate>
  );
}
