'use client';
import { useState } from 'react';
import { useAccount } from '#client/use-account.ts';
import { privacyActions, useDeletion } from '#client/use-privacy.ts';
import { Alert } from '../kit/alert.tsx';
import { Button } from '../kit/button.tsx';
import { useSubmit } from '../kit/use-submit.ts';
import { Receipt } from './receipt.tsx';
import { OwnPassword } from './own-password.tsx';
import { Section } from './section.tsx';

const LEAD =
  'The account goes, with every picture, video and file, every generation, device and event. It happens in the night after seven days; until then you can take it back. The other devices are signed out at once.';

export function DeleteAccount() {
  const { value: account, status, retry } = useAccount();
  const deletion = useDeletion();
  const [isOpen, setOpen] = useState(false);
  const { isBusy, failure, errorOf, onSubmit } = useSubmit();
  if (deletion) {
    return (
      <Section
        title="Delete the account"
        lead="It was asked for. This number says what became of it, also when the account is gone: keep it if you want to know."
      >
        <Receipt id={deletion.id} />
      </Section>
    );
  }
  return (
    <Section title="Delete the account" lead={LEAD}>
      {status === 'failed' ? <Button onClick={retry}>Could not be loaded. Try again</Button> : null}
      {account && !isOpen ? <Button onClick={() => setOpen(true)}>Delete the account</Button> : null}
      {account && isOpen ? (
        <form
          noValidate
          className="flex max-w-80 flex-col gap-4"
          onSubmit={onSubmit(async (value) => {
            await privacyActions.deleteAccount(account.hasPassword ? { password: value('password') } : {});
            setOpen(false);
          })}
        >
          {account.hasPassword ? <OwnPassword takesFocus error={errorOf('password')} /> : null}
          {failure && failure.field !== 'password' ? <Alert>{failure.message}</Alert> : null}
          <div className="flex gap-2">
            <Button type="submit" variant="danger" disabled={isBusy}>
              Delete in seven days
            </Button>
            <Button variant="ghost" onClick={() => setOpen(false)}>
              Cancel
            </Button>
          </div>
        </form>
      ) : null}
    </Section>
  );
}
