/** Who else may vouch for a person: Google, GitHub and one issuer of OpenID Connect, as far as they are configured. */
import type { OAuthConfig } from 'next-auth/providers/oauth';
import { z } from 'zod';
import { Email } from '#core/account.ts';
import { env, type Env } from '#env';
import { listProviders } from './methods.ts';

/** What the claims of a person hold, as far as it is used. */
const Claims = z.object({
  iss: z.string(),
  sub: z.string().min(1),
  name: z.string().nullish(),
  email: z.string().nullish(),
  email_verified: z.union([z.boolean(), z.stringbool()]).nullish().catch(false),
});

const GithubPerson = z.object({
  id: z.number(),
  login: z.string(),
  name: z.string().nullish(),
  emails: z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() })),
});

type Person = { id: string; name: string | null; email: string | null };

/** An address counts only when the provider says that it was verified: everything else could be anybody's. */
function verifiedEmail(email: string | null | undefined, isVerified: boolean): string | null {
  const known = Email.safeParse(email);
  return known.success && isVerified ? known.data : null;
}

const cleanName = (name: string | null | undefined) => name?.trim().slice(0, 100) || null;

/** @param claims Of an ID token whose signature, issuer and audience were checked. */
export function personOfClaims(claims: unknown): Person & { iss: string } {
  const { iss, sub, name, email, email_verified: isVerified } = Claims.parse(claims);
  return { iss, id: sub, name: cleanName(name), email: verifiedEmail(email, isVerified === true) };
}

export function personOfGithub(profile: unknown): Person {
  const { id, login, name, emails } = GithubPerson.parse(profile);
  const own = emails.find(({ primary }) => primary);
  return {
    id: String(id),
    name: cleanName(name) ?? login,
    email: verifiedEmail(own?.email, own?.verified ?? false),
  };
}

/** The timeout is of each request to a provider, in milliseconds. */
const COMMON = { type: 'oauth', httpOptions: { timeout: 10_000 } } as const;

const IdToken = z.looseObject({ sub: z.string(), email: z.string().optional() });
const readClaims = (token: string) =>
  IdToken.parse(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()));

const google = (clientId: string, clientSecret: string): OAuthConfig<unknown> => ({
  ...COMMON,
  id: 'google',
  name: 'Google',
  clientId,
  clientSecret,
  wellKnown: 'https://accounts.google.com/.well-known/openid-configuration',
  authorization: { params: { scope: 'openid email profile' } },
  idToken: true,
  checks: ['pkce', 'state', 'nonce'],
  profile: personOfClaims,
});

const GITHUB = { web: 'https://github.com', api: 'https://api.github.com' };

/** @param places Where GitHub is: elsewhere only in tests. */
export const github = (clientId: string, clientSecret: string, places = GITHUB): OAuthConfig<unknown> => ({
  ...COMMON,
  id: 'github',
  name: 'GitHub',
  clientId,
  clientSecret,
  issuer: `${places.web}/login/oauth`,
  authorization: {
    url: `${places.web}/login/oauth/authorize`,
    params: { scope: 'read:user user:email' },
  },
  token: `${places.web}/login/oauth/access_token`,
  userinfo: {
    url: `${places.api}/user`,
    async request({ client, tokens }) {
      const profile = await client.userinfo(tokens.access_token ?? '');
      const response = await fetch(`${places.api}/user/emails`, {
        headers: { Authorization: `Bearer ${tokens.access_token}`, Accept: 'application/vnd.github+json' },
        signal: AbortSignal.timeout(COMMON.httpOptions.timeout),
      });
      if (!response.ok) throw new Error(`GitHub answered ${response.status} for the addresses`);
      return { ...profile, emails: await response.json() };
    },
  },
  checks: ['pkce', 'state'],
  profile: personOfGithub,
});

const oidc = (
  issuer: string,
  clientId: string,
  clientSecret: string,
  name: string,
): OAuthConfig<unknown> => ({
  ...COMMON,
  id: 'oidc',
  name,
  clientId,
  clientSecret,
  wellKnown: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
  authorization: { params: { scope: 'openid email profile' } },
  idToken: true,
  checks: ['pkce', 'state', 'nonce'],
  userinfo: {
    // Some issuers keep the address out of the ID token, which has been checked by now.
    async request({ client, tokens }) {
      const claims = readClaims(tokens.id_token ?? '');
      if (claims.email !== undefined || !client.issuer.metadata.userinfo_endpoint) return claims;
      const info = await client.userinfo(tokens.access_token ?? '');
      if (info.sub !== claims.sub) throw new Error('the issuer answered for somebody else');
      return { ...info, ...claims };
    },
  },
  // A subject means something only beside its issuer: another one may be configured some day.
  profile(claims) {
    const { iss, ...person } = personOfClaims(claims);
    return { ...person, id: `${iss} ${person.id}` };
  },
});

/** @param settings OIDC_ISSUER is set whenever `oidc` is listed. */
export function configureProviders(settings: Env = env()): OAuthConfig<unknown>[] {
  return listProviders(settings).map(({ id, name, clientId, clientSecret }) => {
    switch (id) {
      case 'google':
        return google(clientId, clientSecret);
      case 'github':
        return github(clientId, clientSecret);
      case 'oidc':
        return oidc(settings.OIDC_ISSUER ?? '', clientId, clientSecret, name);
    }
  });
}
