'use client';
import { useState } from 'react';
import type { Account } from '#core/account.ts';
import { accountActions, useSignInMethods } from '#client/use-account.ts';
import { Alert } from '../kit/alert.tsx';
import { Button, buttonClass } from '../kit/button.tsx';
import { Field } from '../kit/field.tsx';
import { useSubmit } from '../kit/use-submit.ts';
import { OwnPassword } from './own-password.tsx';
import { Section } from './section.tsx';

export function AddressForm({ account }: { account: Account }) {
  const [isOpen, setOpen] = useState(false);
  const [sent, setSent] = useState<{ email: string; shownLink: string | null } | null>(null);
  const { isBusy, failure, errorOf, onSubmit } = useSubmit();
  const { value: methods } = useSignInMethods();
  const address = account.email ?? 'No address';
  const state = account.verified ? '' : ' (not confirmed yet)';
  return (
    <Section title="E-mail" lead={`${address}${state}`}>
      {sent ? (
        <div role="status" className="flex flex-col items-start gap-3">
          <p>
            {sent.shownLink
              ? 'This is a development server without mail, so the link is shown here. The address becomes '
              : 'A link was sent to '}
            <span className="font-medium break-all">{sent.email}</span>
            {sent.shownLink ? ' once you open it.' : '. The address changes once you open it.'}
          </p>
          {sent.shownLink ? (
            <a href={sent.shownLink} className={buttonClass('plain')}>
              Open the link
            </a>
          ) : null}
        </div>
      ) : isOpen ? (
        <form
          noValidate
          className="flex max-w-80 flex-col gap-4"
          onSubmit={onSubmit(async (value) => {
            const email = value('email');
            const password = account.hasPassword ? { password: value('password') } : {};
            setSent({ email, ...(await accountActions.requestEmailChange({ email, ...password })) });
          })}
        >
          <Field
            label="New e-mail"
            name="email"
            type="email"
            autoComplete="email"
            takesFocus
            error={errorOf('email')}
          />
          {account.hasPassword ? <OwnPassword error={errorOf('password')} /> : null}
          {failure && failure.field !== 'email' && failure.field !== 'password' ? (
            <Alert>{failure.message}</Alert>
          ) : null}
          <div className="flex gap-2">
            <Button type="submit" variant="primary" disabled={isBusy}>
              Send a link to it
            </Button>
            <Button variant="ghost" onClick={() => setOpen(false)}>
              Cancel
            </Button>
          </div>
        </form>
      ) : methods?.mail === false && !methods.link ? (
        <p className="text-quiet">This server sends no mail, so a new address cannot be confirmed.</p>
      ) : (
        <Button onClick={() => setOpen(true)}>Change e-mail</Button>
      )}
    </Section>
  );
}
