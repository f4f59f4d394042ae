import { env, type Env } from '#env';
import type { ProviderId, SignInMethods } from '#core/account.ts';
import type { Server } from '../context.ts';

/** A provider that is configured, with what it knows this site by. */
export type ConfiguredProvider = { id: ProviderId; name: string; clientId: string; clientSecret: string };

/** As people know it, whether it is configured still or not. */
export function nameProvider(id: string, settings: Env = env()): string {
  const names: Record<string, string | undefined> = {
    google: 'Google',
    github: 'GitHub',
    oidc: settings.OIDC_NAME ?? 'Single sign-on',
  };
  return names[id] ?? id;
}

/** On when all of its variables are set. */
export function listProviders(settings: Env = env()): ConfiguredProvider[] {
  const { GOOGLE_ID, GOOGLE_SECRET, GITHUB_ID, GITHUB_SECRET, OIDC_ISSUER, OIDC_ID, OIDC_SECRET } = settings;
  const known: [ProviderId, string | undefined, string | undefined][] = [
    ['google', GOOGLE_ID, GOOGLE_SECRET],
    ['github', GITHUB_ID, GITHUB_SECRET],
    ['oidc', OIDC_ISSUER && OIDC_ID, OIDC_SECRET],
  ];
  return known.flatMap(([id, clientId, clientSecret]) =>
    clientId && clientSecret ? [{ id, name: nameProvider(id, settings), clientId, clientSecret }] : [],
  );
}

export function listMethods({ mail }: Pick<Server, 'mail'>): SignInMethods {
  return {
    mail: mail.mode === 'sent',
    link: mail.mode !== 'none',
    providers: listProviders().map(({ id, name }) => ({ id, name })),
  };
}
