import { randomBytes } from 'node:crypto';
import { LINK_MINUTES, LINK_PAGES, type LinkSent, type OpenedLink, type SignedIn } from '#core/account.ts';
import { AppError } from '#core/errors.ts';
import { askedCookie, parseCookies, setAskedCookie } from '../auth/cookies.ts';
import { checkPassword, hashPassword, refuseCommon } from '../auth/passwords.ts';
import { hashOf, issueToken, takeToken, type Errand } from '../auth/tokens.ts';
import type { Server } from '../context.ts';
import { asServer } from '../db/doors.ts';
import { log } from '../log.ts';
import { noMail, type Message } from '../mail.ts';
import { noteEvent } from './audit.ts';
import { signInMail, signUpMail, takenMail } from './mails.ts';
import { signInBy, tellStreams, type Proof } from './sessions.ts';
import { createUser, findUserByEmail, lockUser, proveAddress, setPassword } from './users.ts';
import { siteUrl, type Visit } from './visit.ts';
import type { Tx } from '../db/client.ts';

const wrong = () => new AppError('WRONG_CREDENTIALS', 'This address and password do not belong together.');

type Credentials = { email: string; password: string };

/** The same answer after the same time, whether the address is known or not. */
export async function signIn(visit: Visit, { email, password }: Credentials): Promise<SignedIn> {
  const { server, identity } = visit;
  const { network } = identity;
  const attempt = `${email} ${network ?? ''}`;
  await server.limits.take('signInFrom', network);
  await server.limits.take('signIn', attempt);
  const user = await asServer(server, (tx) => findUserByEmail(tx, email));
  if (!(await checkPassword(user?.passwordHash ?? null, password)) || !user) {
    // Not waited for: the time of a write would tell that there is such an account.
    if (user) void noteFailure(visit, user.id);
    throw wrong();
  }
  const signedIn = await signInBy(visit, async (tx) => {
    const { id, passwordHash } = await lockUser(tx, user.id);
    if (passwordHash !== user.passwordHash) throw wrong();
    return { userId: id, way: 'password', beganHere: true };
  });
  await server.limits.forgive('signIn', attempt);
  return signedIn;
}

async function noteFailure(visit: Visit, userId: Proof['userId']): Promise<void> {
  try {
    await asServer(visit.server, (tx) => noteEvent(tx, visit, userId, 'sign-in-failed'));
  } catch (error) {
    log.error('a failed sign-in was not noted', error);
  }
}

type NewAccount = Credentials & { name?: string | undefined };

/**
 * With mail, nothing tells whether the address has an account: the answer is the same, and its owner gets one mail or
 * the other. The account is made when the link is opened, with the password that came with that very link if the same
 * browser opens it, so that nobody can set up somebody else's. Without mail no secret can be kept, for a sign-up must
 * show that it succeeded: then a taken address is said to be taken, to few callers an hour.
 */
export async function signUp(
  visit: Visit,
  { email, password, name }: NewAccount,
): Promise<SignedIn | LinkSent> {
  const { server, identity } = visit;
  refuseCommon(password, email, 'password');
  await server.limits.take('signUpFrom', identity.network);
  const account = { email, name: name || null, passwordHash: await hashPassword(password) };
  if (server.mail.mode === 'sent') return confirmSignUp(visit, account);
  return signInBy(visit, async (tx) => {
    const user = await createUser(tx, visit, account);
    if (user) return { userId: user.id, way: 'sign-up', beganHere: true };
    throw new AppError('CONFLICT', 'There is an account with this address. Sign in instead.', {
      field: 'email',
    });
  });
}

async function confirmSignUp(
  visit: Visit,
  account: { email: string; name: string | null; passwordHash: string },
): Promise<LinkSent> {
  const { server } = visit;
  const { email } = account;
  await takeMail(visit, email);
  const asked = askingBrowser(visit);
  const { token, taken } = await asServer(server, async (tx) => ({
    token: await issueToken(tx, server.now(), { for: 'sign-up', ...account, asked }),
    taken: Boolean((await findUserByEmail(tx, email))?.emailVerified),
  }));
  const link = linkTo(LINK_PAGES.signIn, token);
  await server.mail.send(taken ? takenMail(email, siteUrl()) : signUpMail(email, link));
  return { status: 'check-mail', shownLink: null };
}

/** A link goes to any address: to one without an account, it makes one. */
export async function requestLink(visit: Visit, { email }: { email: string }): Promise<LinkSent> {
  const { server } = visit;
  await takeMail(visit, email);
  const asked = askingBrowser(visit);
  const token = await asServer(server, (tx) =>
    issueToken(tx, server.now(), { for: 'sign-in', email, asked }),
  );
  return sendLink(server, linkTo(LINK_PAGES.signIn, token), (link) => signInMail(email, link));
}

/** Signs in whoever opens a link that was mailed. @throws AppError NOT_FOUND */
export async function openLink(visit: Visit, { token }: { token: string }): Promise<OpenedLink> {
  const { server, identity, headers } = visit;
  await server.limits.take('tokenFrom', identity.network);
  const nonce = parseCookies(headers.get('cookie')).get(askedCookie());
  let userId: Proof['userId'] | null = null;
  let leftPassword = false;
  const signedIn = await signInBy(visit, async (tx) => {
    const errand = await takeToken(tx, server.now(), token, ['sign-in', 'sign-up']);
    const beganHere = nonce !== undefined && hashOf(nonce).toString('base64url') === errand.asked;
    leftPassword = errand.for === 'sign-up' && !beganHere;
    userId = await welcome(tx, visit, errand, beganHere);
    return { userId, way: errand.for === 'sign-in' ? 'link' : 'sign-up', beganHere };
  });
  if (userId) await tellStreams(server, userId);
  return { ...signedIn, leftPassword };
}

/**
 * The account of an address that was just proved. The password of a sign-up comes along only in the browser that typed
 * it: elsewhere the owner of the address may have opened what somebody else asked for, who would know the password.
 */
async function welcome(
  tx: Tx,
  visit: Visit,
  errand: Extract<Errand, { for: 'sign-in' | 'sign-up' }>,
  beganHere: boolean,
): Promise<Proof['userId']> {
  const { email } = errand;
  const typed = errand.for === 'sign-up' && beganHere ? errand : null;
  const known = await findUserByEmail(tx, email);
  if (known) {
    const isFirst = await proveAddress(tx, visit, known.id);
    if (isFirst && typed) await setPassword(tx, known.id, typed.passwordHash);
    return known.id;
  }
  const emailVerified = visit.server.now();
  const given = typed ? { name: typed.name, passwordHash: typed.passwordHash } : {};
  const made = await createUser(tx, visit, { email, emailVerified, ...given });
  // Two links of one address, opened at the same moment: the other one has made the account.
  const user = made ?? (await findUserByEmail(tx, email));
  if (!user) throw new Error('an account that was just made is not there');
  return user.id;
}

/** Marks the asking browser, so that it is known again when the link is opened. @returns What the token notes of it. */
function askingBrowser({ headers, setCookies }: Visit): string {
  const before = parseCookies(headers.get('cookie')).get(askedCookie());
  const nonce =
    before !== undefined && /^[\w-]{43}$/.test(before) ? before : randomBytes(32).toString('base64url');
  setCookies.push(setAskedCookie(nonce, LINK_MINUTES * 60));
  return hashOf(nonce).toString('base64url');
}

export const linkTo = (page: string, token: string) => `${siteUrl()}${page}#${token}`;

/** @throws AppError FORBIDDEN when there is no mail, RATE_LIMITED */
export async function takeMail({ server, identity }: Visit, email: string): Promise<void> {
  if (server.mail.mode === 'none') throw noMail();
  const { network } = identity;
  await server.limits.take('mailFrom', network);
  await server.limits.take('mail', `${email} ${network ?? ''}`);
  await server.limits.take('mailTo', email);
}

export async function sendLink(
  { mail }: Pick<Server, 'mail'>,
  link: string,
  write: (link: string) => Message,
): Promise<LinkSent> {
  await mail.send(write(link));
  return { status: 'check-mail', shownLink: mail.mode === 'shown' ? link : null };
}
