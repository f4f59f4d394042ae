'use client';
import { useState } from 'react';
import type { Account } from '#core/account.ts';
import { accountActions } from '#client/use-account.ts';
import { Alert } from '../kit/alert.tsx';
import { Button } from '../kit/button.tsx';
import { showToast } from '../kit/feedback.ts';
import { Field } from '../kit/field.tsx';
import { useSubmit } from '../kit/use-submit.ts';
import { OwnPassword } from './own-password.tsx';
import { Section } from './section.tsx';

export function PasswordForm({ account }: { account: Account }) {
  const [isOpen, setOpen] = useState(false);
  const { isBusy, failure, errorOf, onSubmit } = useSubmit();
  const verb = account.hasPassword ? 'Change password' : 'Set a password';
  const lead = account.hasPassword
    ? 'Changing it signs out your other devices.'
    : 'You sign in without one. A password is one more way in.';
  return (
    <Section title="Password" lead={lead}>
      {isOpen ? (
        <form
          noValidate
          className="flex max-w-80 flex-col gap-4"
          onSubmit={onSubmit(async (value) => {
            const current = account.hasPassword ? { current: value('current') } : {};
            await accountActions.changePassword({ ...current, next: value('next') });
            setOpen(false);
            showToast('The new password holds');
          })}
        >
          {account.hasPassword ? (
            <OwnPassword label="Current password" name="current" takesFocus error={errorOf('current')} />
          ) : null}
          <Field
            label="New password"
            name="next"
            type="password"
            autoComplete="new-password"
            hint="At least 8 characters."
            error={errorOf('next')}
          />
          {failure && failure.field !== 'current' && failure.field !== 'next' ? (
            <Alert>{failure.message}</Alert>
          ) : null}
          <div className="flex gap-2">
            <Button type="submit" variant="primary" disabled={isBusy}>
              {verb}
            </Button>
            <Button variant="ghost" onClick={() => setOpen(false)}>
              Cancel
            </Button>
          </div>
        </form>
      ) : (
        <Button onClick={() => setOpen(true)}>{verb}</Button>
      )}
    </Section>
  );
}
