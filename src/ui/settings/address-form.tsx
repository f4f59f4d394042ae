'use client';
import { useState } from 'react';
import type { Account } from '#core/account.ts';
import { accountActions, useSignInMethods } from '#client/use-account.ts';
import { buttonClass } from '../kit/button.tsx';
import { Field } from '../kit/field.tsx';
import { FormBehind } from './form-behind.tsx';
import { OwnPassword } from './own-password.tsx';
import { Section } from './section.tsx';

export function AddressForm({ account }: { account: Account }) {
  const [sent, setSent] = useState<{ email: string; shownLink: string | null } | null>(null);
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
      ) : methods?.mail === false && !methods.link ? (
        <p className="text-quiet">This server sends no mail, so a new address cannot be confirmed.</p>
      ) : (
        <FormBehind
          label="Change e-mail"
          submit="Send a link to it"
          fields={['email', 'password']}
          onSubmit={async (value) => {
            const email = value('email');
            const password = account.hasPassword ? { password: value('password') } : {};
            setSent({ email, ...(await accountActions.requestEmailChange({ email, ...password })) });
          }}
        >
          {({ errorOf }) => (
            <>
              <Field
                label="New e-mail"
                name="email"
                type="email"
                autoComplete="email"
                takesFocus
                error={errorOf('email')}
              />
              {account.hasPassword ? <OwnPassword error={errorOf('password')} /> : null}
            </>
          )}
        </FormBehind>
      )}
    </Section>
  );
}
