'use client';
import { useSearchParams } from 'next/navigation';
import { Suspense } from 'react';
import type { Account } from '#core/account.ts';
import { travelToProvider } from '#client/travel-to-provider.ts';
import { accountActions, useSignInMethods } from '#client/use-account.ts';
import { Alert } from '../kit/alert.tsx';
import { Button } from '../kit/button.tsx';
import { useSubmit } from '../kit/use-submit.ts';
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

/** Other ways into this account. Nothing where this server is configured for none. */
export function Providers({ account }: { account: Account }) {
  const { value: methods } = useSignInMethods();
  const { isBusy, failure, run } = useSubmit();
  if (!methods || methods.providers.length === 0) return null;
  const linked = new Set(account.providers.map(({ id }) => id));
  return (
    <Section title="Other ways to sign in">
      <Suspense>
        <Refused />
      </Suspense>
      {failure ? (
        <div className="mb-3">
          <Alert>{failure.message}</Alert>
        </div>
      ) : null}
      <ul className="flex flex-col gap-2">
        {methods.providers.map(({ id, name }) => (
          <li key={id} className="flex items-center justify-between gap-4">
            <span>{name}</span>
            {linked.has(id) ? (
              <Button
                disabled={isBusy}
                onClick={() => void run(() => accountActions.unlinkProvider({ provider: id }))}
              >
                Unlink {name}
              </Button>
            ) : (
              <Button
                disabled={isBusy}
                onClick={() => void run(() => travelToProvider(id, '/settings/account', true))}
              >
                Link {name}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
