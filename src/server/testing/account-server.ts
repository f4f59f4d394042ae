import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { createMail } from '../mail.ts';
import type { RunningServer } from '../server.ts';
import { Jar, mutate, query } from './api.ts';
import { useTestServer } from './server.ts';
import { openMailBox, type MailBox } from './smtp.ts';

export const PASSWORD = 'seven grey pebbles';
export const newEmail = () => `${uuidv7()}@example.org`;

export type ServedAs = { mail?: 'sent' | 'shown' | 'none'; minutes?: number };

/** The routes of this process answer for accounts: without mail at first, until a test says otherwise. */
export function serveAccounts(): {
  server: () => RunningServer;
  box: () => MailBox;
  /** From now on mail is sent so, and it is so many minutes later. */
  serve: (as?: ServedAs) => void;
} {
  const server = useTestServer();
  let box: MailBox | undefined;
  const opened = () => {
    if (!box) throw new Error('the mail server opens before the first test');
    return box;
  };
  const serve = ({ mail = 'none', minutes = 0 }: ServedAs = {}) => {
    const mails = { sent: opened().mail, shown: createMail({}, true), none: createMail({}, false) };
    const now = () => new Date(Date.now() + minutes * 60_000);
    globalThis.afterimageServer = Promise.resolve({ ...server(), mail: mails[mail], now });
  };
  beforeAll(async () => {
    box = await openMailBox();
  });
  beforeEach(() => serve());
  afterAll(async () => {
    globalThis.afterimageServer = undefined;
    await box?.close();
  });
  return { server, box: opened, serve };
}

/** An account with a password, its address not yet proved, and the browser that made it. */
export async function signUpSomebody(): Promise<{ email: string; jar: Jar }> {
  const [email, jar] = [newEmail(), new Jar()];
  expect(await mutate(jar, 'account.signUp', { email, password: PASSWORD })).toMatchObject({ status: 200 });
  return { email, jar };
}

/** Another browser, signed in to the same account. */
export async function signInElsewhere(email: string, password = PASSWORD): Promise<Jar> {
  const jar = new Jar();
  expect(await mutate(jar, 'account.signIn', { email, password })).toMatchObject({ status: 200 });
  return jar;
}

export const isSignedIn = async (jar: Jar) => (await query(jar, 'account.me')).status === 200;

/** What happened to the account, newest first. */
export async function auditOf(jar: Jar): Promise<string[]> {
  const { data } = await query(jar, 'account.audit', {});
  return JSON.stringify(data).match(/(?<="type":")[\w-]+/g) ?? [];
}
