import { env } from '#env';
import type { Identity } from '../auth/actor.ts';
import type { Server } from '../context.ts';

/** A request about an account: who asks by now, from where, and the cookies of the answer. */
export type Visit = { server: Server; identity: Identity; headers: Headers; setCookies: string[] };

/** The address of this site as people know it, without a slash at its end. */
export const siteUrl = () => env().NEXTAUTH_URL ?? `http://localhost:${env().PORT}`;
