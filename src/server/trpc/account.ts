/**
 * Signing in, and what a person may do with the own account. Sessions are cookies that these answers set: a browser
 * posts JSON to its own origin, which guardWrite proves, so that no foreign page can sign anybody in or out.
 *
 * Google, GitHub and an OIDC issuer go through next-auth's own addresses, since a browser has to travel there:
 * 1. `GET /api/auth/csrf` answers `{ csrfToken }` and sets its cookie;
 * 2. `POST /api/auth/signin/<provider id>` with the form fields `csrfToken`, `callbackUrl` (a path of this site to
 *    come back to), `json=true` and, to link the provider to the account that is signed in, `link=true`, answers
 *    `{ url }`: go there (`location.assign(url)`);
 * 3. the person comes back signed in at `callbackUrl`, or at `/sign-in?error=<code>`: `OAuthAccountNotLinked` (the
 *    address has an account already: sign in to it and link the provider there), `AccessDenied` (refused at the
 *    provider), any other (it did not work; try again).
 */
import { z } from 'zod';
import {
  Account,
  AuditInput,
  AuditPage,
  ChangeEmailInput,
  ChangePasswordInput,
  Device,
  DeviceInput,
  Email,
  EmailInput,
  LinkSent,
  ProviderInput,
  ResetInput,
  SignedIn,
  SignInInput,
  SignInMethods,
  SignOutEverywhereInput,
  SignUpInput,
  SignUpResult,
  TokenInput,
  UpdateAccountInput,
} from '#core/account.ts';
import { AppError } from '#core/errors.ts';
import { publicProcedure, router, userProcedure } from './init.ts';

const Done = z.object({});

function soon(): never {
  throw new AppError('FORBIDDEN', 'Accounts are not open on this server yet.');
}

export const accountRouter = router({
  /** The ways of signing in that this server is configured for. E-mail with password always is. */
  methods: publicProcedure.output(SignInMethods).query(soon),

  /**
   * With mail, the account is made by opening the link that is sent; otherwise at once, and signed in.
   * @throws BAD_INPUT (a common password), CONFLICT (the address is taken; only where no mail is sent), RATE_LIMITED
   */
  signUp: publicProcedure.input(SignUpInput).output(SignUpResult).mutation(soon),

  /** @throws WRONG_CREDENTIALS, alike for an unknown address and a wrong password; RATE_LIMITED */
  signIn: publicProcedure.input(SignInInput).output(SignedIn).mutation(soon),

  /** Sends a link that signs in, and makes the account if there is none. @throws FORBIDDEN without mail */
  requestLink: publicProcedure.input(EmailInput).output(LinkSent).mutation(soon),

  /** For the page `/sign-in/link#<token>`, also of a sign-up. @throws NOT_FOUND for a link used or too old */
  openLink: publicProcedure.input(TokenInput).output(SignedIn).mutation(soon),

  /** @throws FORBIDDEN without mail */
  requestReset: publicProcedure.input(EmailInput).output(LinkSent).mutation(soon),

  /** For the page `/reset#<token>`. Ends every session; sign in with the new password afterwards. @throws NOT_FOUND */
  reset: publicProcedure
    .input(ResetInput)
    .output(z.object({ email: Email }))
    .mutation(soon),

  me: userProcedure
    .meta({ openapi: { method: 'GET', path: '/account', tags: ['account'], summary: 'Your account' } })
    .output(Account)
    .query(soon),

  update: userProcedure.input(UpdateAccountInput).output(Account).mutation(soon),

  /** Ends the other sessions. @throws WRONG_CREDENTIALS, BAD_INPUT; FORBIDDEN when the session is not fresh */
  changePassword: userProcedure.input(ChangePasswordInput).output(Done).mutation(soon),

  /** Sends a link to the new address. @throws WRONG_CREDENTIALS; FORBIDDEN when not fresh, or without mail */
  requestEmailChange: userProcedure.input(ChangeEmailInput).output(LinkSent).mutation(soon),

  /** For the page `/settings/email#<token>`, in any browser. @throws NOT_FOUND; CONFLICT when taken meanwhile */
  confirmEmailChange: publicProcedure
    .input(TokenInput)
    .output(z.object({ email: Email }))
    .mutation(soon),

  /** The sessions that are open, this one first, then the one seen last. */
  devices: userProcedure.output(z.object({ items: z.array(Device) })).query(soon),

  /** Signing out this device is `signOut`. @throws NOT_FOUND */
  signOutDevice: userProcedure.input(DeviceInput).output(Done).mutation(soon),

  signOutEverywhere: userProcedure
    .input(SignOutEverywhereInput)
    .output(z.object({ ended: z.int() }))
    .mutation(soon),

  /** Also for a session that has ended already. A guest's library that was kept apart is shown again. */
  signOut: publicProcedure.output(Done).mutation(soon),

  /** @throws CONFLICT when no other way of signing in would be left; NOT_FOUND */
  unlinkProvider: userProcedure.input(ProviderInput).output(Done).mutation(soon),

  /** What happened to this account, newest first. */
  audit: userProcedure.input(AuditInput).output(AuditPage).query(soon),
});
