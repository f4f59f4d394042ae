'use client';
import type { Account } from '#core/account.ts';
import { accountActions } from '#client/use-account.ts';
import { showToast } from '../kit/feedback.ts';
import { Field } from '../kit/field.tsx';
import { FormBehind } from './form-behind.tsx';
import { OwnPassword } from './own-password.tsx';
import { Section } from './section.tsx';

export function PasswordForm({ account: { hasPassword } }: { account: Account }) {
  const verb = hasPassword ? 'Change password' : 'Set a password';
  const lead = hasPassword
    ? 'Changing it signs out your other devices.'
    : 'You sign in without one. A password is one more way in.';
  return (
    <Section title="Password" lead={lead}>
      <FormBehind
        label={verb}
        submit={verb}
        fields={['current', 'next']}
        onSubmit={async (value) => {
          const current = hasPassword ? { current: value('current') } : {};
          await accountActions.changePassword({ ...current, next: value('next') });
          showToast('The new password holds');
        }}
      >
        {({ errorOf }) => (
          <>
            {hasPassword ? (
              <OwnPassword label="Current password" name="current" takesFocus error={errorOf('current')} />
            ) : null}
            <Field
              label="New password"
              name="next"
              type="password"
              autoComplete="new-password"
              takesFocus={!hasPassword}
              hint="At least 8 characters."
              error={errorOf('next')}
            />
          </>
        )}
      </FormBehind>
    </Section>
  );
}
