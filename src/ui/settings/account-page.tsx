'use client';
import type { Account } from '#core/account.ts';
import { accountActions, useAccount, useSignInMethods } from '#client/use-account.ts';
import { useClaimPreview, usePastClaims } from '#client/use-claim.ts';
import { leave } from '../account/leave.ts';
import { Alert } from '../kit/alert.tsx';
import { Button } from '../kit/button.tsx';
import { showToast } from '../kit/feedback.ts';
import { Field } from '../kit/field.tsx';
import { useSubmit } from '../kit/use-submit.ts';
import { AddressForm } from './address-form.tsx';
import { GuestLibraries } from './guest-libraries.tsx';
import { PasswordForm } from './password-form.tsx';
import { Providers } from './providers.tsx';
import { Section } from './section.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { SignedIn } from './signed-in.tsx';

export function AccountPage() {
  return (
    <SettingsFrame>
      <SignedIn>
        <Loaded />
      </SignedIn>
    </SettingsFrame>
  );
}

/** Drawn once, when all of it is known: nothing may move under a pointer that is on its way to Sign out. */
function Loaded() {
  const { value: account, status, retry } = useAccount();
  const methods = useSignInMethods();
  const waiting = useClaimPreview();
  const past = usePastClaims();
  const isLoading = [methods, waiting, past].some((part) => part.status === 'loading');
  if (status === 'failed') {
    return (
      <Section title="The account could not be loaded" lead="Nothing was changed.">
        <Button onClick={retry}>Try again</Button>
      </Section>
    );
  }
  if (!account || isLoading) return <p className="text-quiet py-7">Loading</p>;
  return (
    <>
      <NameForm account={account} />
      <AddressForm account={account} />
      <PasswordForm account={account} />
      <Providers account={account} />
      <GuestLibraries waiting={waiting.value?.claim ?? null} past={past.value?.items ?? []} />
      <SignOut />
    </>
  );
}

function NameForm({ account }: { account: Account }) {
  const { isBusy, failure, onSubmit } = useSubmit();
  return (
    <Section title="Name" lead="How mails greet you, once your address is confirmed. Nobody else sees it.">
      <form
        className="flex items-end gap-2"
        onSubmit={onSubmit(async (value) => {
          await accountActions.update({ name: value('name') || null });
          showToast('Name saved');
        })}
      >
        <Field
          label="Your name"
          name="name"
          autoComplete="name"
          maxLength={100}
          defaultValue={account.name ?? ''}
          error={failure?.message}
          className="w-full max-w-72"
        />
        <Button type="submit" disabled={isBusy} className="h-10">
          Save
        </Button>
      </form>
    </Section>
  );
}

function SignOut() {
  const { isBusy, failure, run } = useSubmit();
  return (
    <Section
      title="Sign out"
      lead="Takes the library off this device. It stays in your account, and opens again where you sign in."
    >
      {failure ? (
        <div className="mb-3">
          <Alert>{failure.message}</Alert>
        </div>
      ) : null}
      <Button disabled={isBusy} onClick={() => void run(() => leave())}>
        {isBusy ? 'Signing out' : 'Sign out'}
      </Button>
    </Section>
  );
}
