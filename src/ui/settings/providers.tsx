'use client';
import { useSearchParams } from 'next/navigation';
import { Suspense } from 'react';
import type { Account, SignInMethods } from '#core/account.ts';
import { travelToProvider } from '#client/travel-to-provider.ts';
import { accountActions, useSignInMethods } from '#client/use-account.ts';
import { Alert } from '../kit/alert.tsx';
import { Button } from '../kit/button.tsx';
import { useSubmit } from '../kit/use-submit.ts';
import { FormBehind } from './form-behind.tsx';
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
  const { isBusy, failure, run } = useSubmit();
  const travel = (link: { password?: string }) => travelToProvider(id, '/settings/account', link);
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
      <span className="flex h-9 items-center">{name}</span>
      {hasPassword ? (
        <FormBehind
          label={`Link ${name}`}
          submit={`Go to ${name}`}
          fields={['password']}
          onSubmit={(value) => travel({ password: value('password') })}
        >
          {({ errorOf }) => <OwnPassword takesFocus error={errorOf('password')} />}
        </FormBehind>
      ) : (
        <Button disabled={isBusy} onClick={() => void run(() => travel({}))}>
          Link {name}
        </Button>
      )}
      {failure ? (
        <div className="w-full">
          <Alert>{failure.message}</Alert>
        </div>
      ) : null}
    </li>
  );
}
