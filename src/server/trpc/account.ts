/**
 * Signing in, and what a person may do with the own account. Sessions are cookies that these answers set: a browser
 * posts JSON to its own origin, which guardWrite proves, so that no foreign page can sign anybody in or out.
 *
 * Google, GitHub and an OIDC issuer go through next-auth's own addresses, since a browser has to travel there:
 * 1. `GET /api/auth/csrf` answers `{ csrfToken }` and sets its cookie;
 * 2. `POST /api/auth/signin/<provider id>` with the form fields `csrfToken`, `callbackUrl` (a path of this site to
 *    come back to), `json=true` and, to link the provider to the account that is signed in, `link=true` and the
 *    account's `password` (one without asks for a sign-in of the last minutes), answers `{ url }`: go there
 *    (`location.assign(url)`);
 * 3. the person comes back signed in at `callbackUrl`, or at `/sign-in?error=<code>`: `OAuthAccountNotLinked` (the
 *    address has an account already: sign in to it and link the provider there), `AccessDenied` (refused at the
 *    provider), any other (it did not work; try again). Who wanted to link a provider comes back to `callbackUrl` with
 *    `error=<code>` added: `AlreadyLinked`, `SessionRequired` (signed out meanwhile), `AccessDenied`, any other.
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
  OpenedLink,
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
import { listMethods } from '../auth/methods.ts';
import { readAudit } from '../account/audit.ts';
import {
  changePassword,
  confirmEmailChange,
  renameAccount,
  requestEmailChange,
  unlinkProvider,
} from '../account/change.ts';
import { listDevices, signOutDevice, signOutEverywhere } from '../account/devices.ts';
import { readAccount } from '../account/read.ts';
import { requestReset, resetPassword } from '../account/reset.ts';
import { signOut } from '../account/sessions.ts';
import { openLink, requestLink, signIn, signUp } from '../account/sign-in.ts';
import type { Visit } from '../account/visit.ts';
import { publicProcedure, router, userProcedure, type Context } from './init.ts';

const Done = z.object({});

/** As the verbs of an account take a request. */
export const visitOf = ({ server, identity, headers, setCookies }: Context): Visit => ({
  server,
  identity,
  headers,
  setCookies,
});

export const accountRouter = router({
  /** The ways of signing in that this server is configured for. E-mail with password always is. */
  methods: publicProcedure.output(SignInMethods).query(({ ctx }) => listMethods(ctx.server)),

  /**
   * With mail, the account is made by opening the link that is sent, and has the password if the same browser opens
   * it; otherwise at once, and signed in.
   * @throws BAD_INPUT (a common password), CONFLICT (the address is taken; only where no mail is sent), RATE_LIMITED
   */
  signUp: publicProcedure
    .input(SignUpInput)
    .output(SignUpResult)
    .mutation(({ ctx, input }) => signUp(visitOf(ctx), input)),

  /** @throws WRONG_CREDENTIALS, alike for an unknown address and a wrong password; RATE_LIMITED */
  signIn: publicProcedure
    .input(SignInInput)
    .output(SignedIn)
    .mutation(({ ctx, input }) => signIn(visitOf(ctx), input)),

  /** Sends a link that signs in, and makes the account if there is none. @throws FORBIDDEN without mail */
  requestLink: publicProcedure
    .input(EmailInput)
    .output(LinkSent)
    .mutation(({ ctx, input }) => requestLink(visitOf(ctx), input)),

  /** For the page `/sign-in/link#<token>`, also of a sign-up. @throws NOT_FOUND for a link used or too old */
  openLink: publicProcedure
    .input(TokenInput)
    .output(OpenedLink)
    .mutation(({ ctx, input }) => openLink(visitOf(ctx), input)),

  /** @throws FORBIDDEN without mail */
  requestReset: publicProcedure
    .input(EmailInput)
    .output(LinkSent)
    .mutation(({ ctx, input }) => requestReset(visitOf(ctx), input)),

  /** For the page `/reset#<token>`. Ends every session; sign in with the new password afterwards. @throws NOT_FOUND */
  reset: publicProcedure
    .input(ResetInput)
    .output(z.object({ email: Email, providers: z.array(z.string()) }))
    .mutation(({ ctx, input }) => resetPassword(visitOf(ctx), input)),

  me: userProcedure
    .meta({ openapi: { method: 'GET', path: '/account', tags: ['account'], summary: 'Your account' } })
    .output(Account)
    .query(({ ctx }) => readAccount(ctx.server, ctx.user)),

  update: userProcedure
    .input(UpdateAccountInput)
    .output(Account)
    .mutation(async ({ ctx, input }) => {
      await renameAccount(visitOf(ctx), ctx.user.userId, input.name);
      return readAccount(ctx.server, ctx.user);
    }),

  /** Ends the other sessions. @throws WRONG_CREDENTIALS, BAD_INPUT; FORBIDDEN when the session is not fresh */
  changePassword: userProcedure
    .input(ChangePasswordInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await changePassword(visitOf(ctx), ctx.user, input);
      return {};
    }),

  /** Sends a link to the new address. @throws WRONG_CREDENTIALS; FORBIDDEN when not fresh, or without mail */
  requestEmailChange: userProcedure
    .input(ChangeEmailInput)
    .output(LinkSent)
    .mutation(({ ctx, input }) => requestEmailChange(visitOf(ctx), ctx.user, input)),

  /** For the page `/settings/email#<token>`. @throws NOT_FOUND; FORBIDDEN (another account's); CONFLICT (taken meanwhile) */
  confirmEmailChange: userProcedure
    .input(TokenInput)
    .output(z.object({ email: Email }))
    .mutation(({ ctx, input }) => confirmEmailChange(visitOf(ctx), ctx.user, input)),

  /** The sessions that are open, this one first, then the one seen last. */
  devices: userProcedure
    .output(z.object({ items: z.array(Device) }))
    .query(async ({ ctx }) => ({ items: await listDevices(ctx.server, ctx.user) })),

  /** Signing out this device is `signOut`. @throws NOT_FOUND */
  signOutDevice: userProcedure
    .input(DeviceInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await signOutDevice(visitOf(ctx), ctx.user, input.id);
      return {};
    }),

  signOutEverywhere: userProcedure
    .input(SignOutEverywhereInput)
    .output(z.object({ ended: z.int() }))
    .mutation(async ({ ctx, input }) => ({
      ended: await signOutEverywhere(visitOf(ctx), ctx.user, input.thisToo),
    })),

  /** Also for a session that has ended already. A guest's library that was kept apart is shown again. */
  signOut: publicProcedure.output(Done).mutation(async ({ ctx }) => {
    await signOut(visitOf(ctx));
    return {};
  }),

  /** @throws CONFLICT when no other way of signing in would be left; NOT_FOUND */
  unlinkProvider: userProcedure
    .input(ProviderInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await unlinkProvider(visitOf(ctx), ctx.user.userId, input.provider);
      return {};
    }),

  /** What happened to this account, newest first. */
  audit: userProcedure
    .input(AuditInput)
    .output(AuditPage)
    .query(({ ctx, input }) => readAudit(ctx.server, ctx.user.userId, input)),
});
