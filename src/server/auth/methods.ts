import { env, type Env } from '#env';
import type { ProviderId, SignInMethods } from '#core/account.ts';
import type { Server } from '../context.ts';

/** A provider that is configured, with what it knows this site by. */
export type ConfiguredProvider = { id: ProviderId; name: string; clientId: string; clientSecret: string };

/** On when all of its variables are set. */
export function listProviders(settings: Env = env()): ConfiguredProvider[] {
  const { GOOGLE_ID, GOOGLE_SECRET, GITHUB_ID, GITHUB_SECRET, OIDC_ISSUER, OIDC_ID, OIDC_SECRET, OIDC_NAME } =
    settings;
  const known: [ProviderId, string, string | undefined, string | undefined][] = [
    ['google', 'Google', GOOGLE_ID, GOOGLE_SECRET],
    ['github', 'GitHub', GITHUB_ID, GITHUB_SECRET],
    ['oidc', OIDC_NAME ?? 'Single sign-on', OIDC_ISSUER && OIDC_ID, OIDC_SECRET],
  ];
  return known.flatMap(([id, name, clientId, clientSecret]) =>
    clientId && clientSecret ? [{ id, name, clientId, clientSecret }] : [],
  );
}

export function listMethods({ mail }: Pick<Server, 'mail'>): SignInMethods {
  return {
    mail: mail.mode === 'sent',
    link: mail.mode !== 'none',
    providers: listProviders().map(({ id, name }) => ({ id, name })),
  };
}
