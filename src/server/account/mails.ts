/** What this server writes to people. Each mail says why it came, and what to do when nobody asked for it. */
import { LINK_MINUTES } from '#core/account.ts';
import type { Message } from '../mail.ts';

const write = (to: string, subject: string, ...paragraphs: string[]): Message => ({
  to,
  subject,
  text: `${paragraphs.join('\n\n')}\n`,
});

/** @param name By which the person is greeted; null: not at all. */
const greet = (name: string | null) => (name === null ? [] : [`Hello ${name},`]);

const HOLDS = `The link holds once, for ${LINK_MINUTES} minutes.`;
const IGNORE = 'If you did not ask for this, do nothing: nothing was changed.';

export const signInMail = (to: string, link: string) =>
  write(to, 'Your link to sign in', 'Open this link to sign in to Afterimage:', link, HOLDS, IGNORE);

export const signUpMail = (to: string, link: string) =>
  write(
    to,
    'Confirm your address',
    'Open this link to make your Afterimage account:',
    link,
    'Open it in the browser in which you signed up. In another one, the account begins without a password.',
    HOLDS,
    IGNORE,
  );

export const takenMail = (to: string, site: string) =>
  write(
    to,
    'You already have an account',
    'Somebody, most likely you, signed up to Afterimage with this address. It has an account already:',
    `${site}/sign-in`,
    'If you have forgotten the password, ask for a new one on that page.',
    IGNORE,
  );

export const resetMail = (to: string, name: string | null, link: string) =>
  write(
    to,
    'Choose a new password',
    ...greet(name),
    'Open this link to choose a new password for Afterimage:',
    link,
    HOLDS,
    IGNORE,
  );

export const noAccountMail = (to: string, site: string) =>
  write(
    to,
    'There is no account with this address',
    'Somebody asked for a new password at Afterimage, but no account has this address. You may have used another one:',
    `${site}/sign-in`,
    IGNORE,
  );

export const emailChangeMail = (to: string, link: string) =>
  write(
    to,
    'Confirm your new address',
    'Open this link to use this address for your Afterimage account, in a browser that is signed in to it:',
    link,
    HOLDS,
    IGNORE,
  );

export const emailTakenMail = (to: string) =>
  write(
    to,
    'This address has an account already',
    'Somebody wanted to use this address for another Afterimage account. It belongs to yours, so it was not changed.',
    IGNORE,
  );

const NOT_YOU = 'If this was not you, choose a new password at once and sign out everywhere:';

export const emailChangedMail = (to: string, name: string | null, site: string) =>
  write(
    to,
    'The address of your account was changed',
    ...greet(name),
    'Your Afterimage account now has another address; this one opens it no more.',
    'If this was not you, answer whoever runs this site:',
    site,
  );

export const passwordChangedMail = (to: string, name: string | null, site: string) =>
  write(
    to,
    'Your password was changed',
    ...greet(name),
    'The password of your Afterimage account was changed, and all other devices were signed out.',
    NOT_YOU,
    `${site}/sign-in`,
  );

export const providerLinkedMail = (to: string, name: string | null, provider: string, site: string) =>
  write(
    to,
    `${provider} can sign in to your account now`,
    ...greet(name),
    `From now on, a sign-in with ${provider} opens your Afterimage account, whatever its password is.`,
    'If this was not you, take it away in the settings of the account, then choose a new password:',
    `${site}/settings/account`,
  );

export const erasureMail = (to: string, name: string | null, site: string, day: string, receipt: string) =>
  write(
    to,
    'Your account will be deleted',
    ...greet(name),
    `Your Afterimage account and everything in it will be deleted in the night after ${day}. Until then, sign in and take it back:`,
    `${site}/settings/privacy`,
    `The number of the receipt is ${receipt}.`,
    'If this was not you, take it back, then choose a new password.',
  );

export const erasedMail = (to: string, receipt: string) =>
  write(
    to,
    'Your account was deleted',
    'Your Afterimage account is deleted, with every record and every file. The receipt says what it was:',
    receipt,
    'This address is not kept. This is the last mail.',
  );
