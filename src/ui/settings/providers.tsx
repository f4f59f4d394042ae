'use client';
import { useSearchParams } from 'next/navigation';
import { Suspense, useState } from 'react';
import type { Account, SignInMethods } from '#core/account.ts';
import { travelToProvider } from '#client/travel-to-provider.ts';
import { accountActions, useSignInMethods } from '#client/use-account.ts';
import { Alert } from '../kit/alert.tsx';
import { Button } from '../kit/button.tsx';
import { useSubmit } from '../kit/use-submit.ts';
import { OwnPassword } from './own-password.tsx';
import { Section } from './section.tsx';

/** Why a provider sent the person back without being linked. */
const REFUSED: Record<string, string> = {
  AlreadyLinked:
    'It was not linked: this sign-in belongs to another account, or another one is linked here already.',
  SessionRequired: 'It was not linked, because this browser was signed out meanwhile. Try again.',
  AccessDenied: 'The provider did not allow it. Nothing was changed.',
};

function Refused() {
  const reason = useSearchParams().get('error');
  if (reason === null) return null;
  return (
    <div className="mb-3">
      <Alert>
        {REFUSED[reason] ?? 'Linking this provider did not work. Nothing was changed: try again.'}
      </Alert>
    </div>
  );
}

type Provider = SignInMethods['providers'][number];

/** Other ways into this account. Nothing where this server is configured for none. */
export function Providers({ account }: { account: Account }) {
  const { value: methods } = useSignInMethods();
  if (!methods || methods.providers.length === 0) return null;
  const linked = new Set(account.providers.map(({ id }) => id));
  return (
    <Section title="Other ways to sign in">
      <Suspense>
        <Refused />
      </Suspense>
      <ul className="flex flex-col gap-2">
        {methods.providers.map((provider) =>
          linked.has(provider.id) ? (
            <Linked key={provider.id} provider={provider} />
          ) : (
            <Unlinked key={provider.id} provider={provider} hasPassword={account.hasPassword} />
          ),
        )}
      </ul>
    </Section>
  );
}

function Linked({ provider: { id, name } }: { provider: Provider }) {
  const { isBusy, failure, run } = useSubmit();
  return (
    <li>
      <div className="flex items-center justify-between gap-4">
        <span>{name}</span>
        <Button
          disabled={isBusy}
          onClick={() => void run(() => accountActions.unlinkProvider({ provider: id }))}
        >
          Unlink {name}
        </Button>
      </div>
      {failure ? <Alert>{failure.message}</Alert> : null}
    </li>
  );
}

/** Whoever is linked can sign in from then on, so the password is asked for where there is one. */
function Unlinked({ provider: { id, name }, hasPassword }: { provider: Provider; hasPassword: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const { isBusy, failure, errorOf, onSubmit, run } = useSubmit();
  const travel = (link: { password?: string }) => travelToProvider(id, '/settings/account', link);
  return (
    <li>
      <div className="flex items-center justify-between gap-4">
        <span>{name}</span>
        {isOpen ? null : (
          <Button
            disabled={isBusy}
            onClick={() => (hasPassword ? setOpen(true) : void run(() => travel({})))}
          >
            Link {name}
          </Button>
        )}
      </div>
      {isOpen ? (
        <form
          noValidate
          className="mt-3 flex max-w-80 flex-col gap-4"
          onSubmit={onSubmit((value) => travel({ password: value('password') }))}
        >
          <OwnPassword takesFocus error={errorOf('password')} />
          <div className="flex gap-2">
            <Button type="submit" variant="primary" disabled={isBusy}>
              Go to {name}
            </Button>
            <Button variant="ghost" onClick={() => setOpen(false)}>
              Cancel
            </Button>
          </div>
        </form>
      ) : null}
      {failure && failure.field !== 'password' ? (
        <div className="mt-3">
          <Alert>{failure.message}</Alert>
        </div>
      ) : null}
    </li>
  );
}
