import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { Jar } from '../testing/api.ts';
import { CLIENT, openIssuer } from '../testing/issuer.ts';
import { useTestServer } from '../testing/server.ts';

const SITE = 'https://gallery.example.org';
const issuer = await openIssuer();
vi.stubEnv('NEXTAUTH_URL', SITE);
vi.stubEnv('OIDC_ISSUER', issuer.url);
vi.stubEnv('OIDC_ID', CLIENT.id);
vi.stubEnv('OIDC_SECRET', CLIENT.secret);

const server = useTestServer();
beforeAll(() => {
  globalThis.afterimageServer = Promise.resolve(server());
});
afterAll(async () => {
  globalThis.afterimageServer = undefined;
  vi.unstubAllEnvs();
  await issuer.close();
});

test('over https every cookie of the journey is bound to this host, and the provider sends people to the public address', async () => {
  const jar = new Jar();
  const lines: string[] = [];
  const ask = async (path: string, form?: Record<string, string>) => {
    const response = await jar.fetch(`/api/auth/${path}`, {
      ...(form && { body: new URLSearchParams(form).toString() }),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: SITE,
        'sec-fetch-site': 'same-origin',
      },
    });
    lines.push(...response.headers.getSetCookie());
    return response;
  };
  const { csrfToken } = z.object({ csrfToken: z.string() }).parse(await (await ask('csrf')).json());
  const away = await ask('signin/oidc', { csrfToken, callbackUrl: `${SITE}/gallery`, json: 'true' });
  const { url } = z.object({ url: z.string() }).parse(await away.json());
  expect(new URL(url).searchParams.get('redirect_uri')).toBe(`${SITE}/api/auth/callback/oidc`);
  const back = new URL(issuer.approve(url, { sub: crypto.randomUUID() }));
  const arrived = await ask(`callback/oidc${back.search}`);
  expect(arrived.headers.get('location')).toBe('/gallery');
  const secret = lines.filter((line) => !line.startsWith('library='));
  expect(secret.length).toBeGreaterThan(6);
  for (const line of secret) {
    expect(line).toMatch(/^__Host-/);
    expect(line).toMatch(/; Secure/);
    expect(line).toMatch(/; HttpOnly/);
    expect(line).toMatch(/; SameSite=Lax/);
  }
  expect([...jar.cookies.keys()]).toContain('__Host-session');
});
