'use client';
import { useAccount } from '#client/use-account.ts';
import { privacyActions, useDeletion } from '#client/use-privacy.ts';
import { Button } from '../kit/button.tsx';
import { FormBehind } from './form-behind.tsx';
import { Receipt } from './receipt.tsx';
import { OwnPassword } from './own-password.tsx';
import { Section } from './section.tsx';

const LEAD =
  'The account goes, with every picture, video and file, every generation, device and event. It happens in the night after seven days; until then you can take it back. The other devices are signed out at once.';

export function DeleteAccount() {
  const { value: account, status, retry } = useAccount();
  const deletion = useDeletion();
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
      {account ? (
        <FormBehind
          label="Delete the account"
          submit="Delete in seven days"
          variant="danger"
          fields={['password']}
          onSubmit={async (value) => {
            await privacyActions.deleteAccount(account.hasPassword ? { password: value('password') } : {});
          }}
        >
          {({ errorOf }) =>
            account.hasPassword ? <OwnPassword takesFocus error={errorOf('password')} /> : null
          }
        </FormBehind>
      ) : null}
    </Section>
  );
}
