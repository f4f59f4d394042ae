import { eq } from 'drizzle-orm';
import { LINK_PAGES, type LinkSent } from '#core/account.ts';
import { nameProvider } from '../auth/methods.ts';
import { hashPassword, refuseCommon } from '../auth/passwords.ts';
import { revokeSessions } from '../auth/sessions.ts';
import { dropTokens, issueToken, takeToken } from '../auth/tokens.ts';
import { asServer } from '../db/doors.ts';
import { accounts } from '../db/identity.ts';
import { notFound } from '#core/errors.ts';
import { noteEvent } from './audit.ts';
import { noAccountMail, resetMail } from './mails.ts';
import { tellStreams } from './sessions.ts';
import { linkTo, sendLink, takeMail } from './sign-in.ts';
import { findUserByEmail, greetingName, lockUser, proveAddress, setPassword } from './users.ts';
import { siteUrl, type Visit } from './visit.ts';

/** One mail or the other goes out, so that neither the answer nor its time tells who has an account. */
export async function requestReset(visit: Visit, { email }: { email: string }): Promise<LinkSent> {
  const { server } = visit;
  await takeMail(visit, email);
  const asked = await asServer(server, async (tx) => {
    const user = await findUserByEmail(tx, email);
    if (!user) return null;
    await noteEvent(tx, visit, user.id, 'password-reset-asked');
    return {
      name: greetingName(user),
      token: await issueToken(tx, server.now(), { for: 'reset', userId: user.id }),
    };
  });
  if (asked) {
    const { name, token } = asked;
    return sendLink(server, linkTo(LINK_PAGES.reset, token), (link) => resetMail(email, name, link));
  }
  await server.mail.send(noAccountMail(email, siteUrl()));
  return { status: 'check-mail', shownLink: null };
}

/**
 * @returns Also what opens the account beside the new password, by its name: a reset takes none of it away.
 * @throws AppError NOT_FOUND, BAD_INPUT for a common password: the link still holds then
 */
export async function resetPassword(
  visit: Visit,
  { token, password }: { token: string; password: string },
): Promise<{ email: string; providers: string[] }> {
  const { server, identity } = visit;
  await server.limits.take('tokenFrom', identity.network);
  refuseCommon(password, null, 'password');
  const passwordHash = await hashPassword(password);
  const now = server.now();
  const user = await asServer(server, async (tx) => {
    const { userId } = await takeToken(tx, now, token, ['reset']);
    const { email } = await lockUser(tx, userId);
    if (email === null) throw notFound('account');
    refuseCommon(password, email, 'password');
    await proveAddress(tx, visit, userId);
    await setPassword(tx, userId, passwordHash);
    await dropTokens(tx, userId);
    await revokeSessions(tx, now, userId, null);
    await noteEvent(tx, visit, userId, 'password-reset');
    const linked = await tx
      .select({ provider: accounts.provider })
      .from(accounts)
      .where(eq(accounts.userId, userId));
    return { id: userId, email, providers: linked.map(({ provider }) => nameProvider(provider)) };
  });
  await tellStreams(server, user.id);
  return { email: user.email, providers: user.providers };
}
