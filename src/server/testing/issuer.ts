/**
 * A stand-in for an issuer of OpenID Connect, on loopback and without a page to sign in on: a test says who is there,
 * and a browser is sent back at once.
 * It checks what a strict issuer would: the client's secret, the place to come back to, PKCE, a code that holds once.
 */
import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import http from 'node:http';

export type Claims = Record<string, string | boolean | undefined> & { sub: string };

type Grant = { claims: Claims; nonce: string; challenge: string; redirectUri: string };

export type Issuer = {
  url: string;
  /** What a person's ID token is to differ in from a good one; away: every answer is a failure. */
  tamper: { nonce?: string; audience?: string; signature?: boolean; away?: boolean };
  /** Who is there when a browser comes; null: somebody who says no. */
  person: Claims | null;
  /** Claims that only the userinfo address answers. */
  apart: Record<string, Record<string, string | boolean>>;
  /** The person signs in at the address where the application sent them. @returns Where the browser goes then. */
  approve(address: string, claims: Claims): string;
  close(): Promise<void>;
};

export const CLIENT = { id: 'afterimage', secret: 'only of tests' };

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

export async function openIssuer(): Promise<Issuer> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const grants = new Map<string, Grant>();
  const subjects = new Map<string, string>();
  let url = '';
  const issuer: Pick<Issuer, 'tamper' | 'apart' | 'person'> = { tamper: {}, apart: {}, person: null };

  const sign = ({ claims, nonce }: Grant) => {
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      ...claims,
      iss: url,
      aud: issuer.tamper.audience ?? CLIENT.id,
      nonce: issuer.tamper.nonce ?? nonce,
      iat: now,
      exp: now + 60,
    };
    const signed = `${encode({ alg: 'RS256', kid: 'k' })}.${encode(payload)}`;
    const signature = createSign('RSA-SHA256').update(signed).sign(privateKey);
    if (issuer.tamper.signature) signature[0] = (signature[0] ?? 0) ^ 1;
    return `${signed}.${signature.toString('base64url')}`;
  };

  const redeem = (form: URLSearchParams, authorization: string) => {
    const code = form.get('code') ?? '';
    const grant = grants.get(code);
    grants.delete(code);
    const secret = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
    const isClient = decodeURIComponent(secret) === `${CLIENT.id}:${CLIENT.secret.replaceAll(' ', '+')}`;
    const isHolder = grant?.challenge === sha256(form.get('code_verifier') ?? '');
    if (!grant || !isClient || !isHolder || form.get('redirect_uri') !== grant.redirectUri) return null;
    const token = randomUUID();
    subjects.set(token, grant.claims.sub);
    return { access_token: token, token_type: 'Bearer', expires_in: 60, id_token: sign(grant) };
  };

  const answer = async (request: http.IncomingMessage): Promise<unknown> => {
    const { authorization = '' } = request.headers;
    if (issuer.tamper.away) return null;
    switch (request.url ?? '') {
      case '/.well-known/openid-configuration':
        return {
          issuer: url,
          authorization_endpoint: `${url}/authorize`,
          token_endpoint: `${url}/token`,
          userinfo_endpoint: `${url}/userinfo`,
          jwks_uri: `${url}/jwks`,
          id_token_signing_alg_values_supported: ['RS256'],
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
        };
      case '/jwks':
        return { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig', alg: 'RS256' }] };
      case '/token': {
        const body: Uint8Array[] = [];
        for await (const chunk of request) body.push(chunk);
        return redeem(new URLSearchParams(Buffer.concat(body).toString()), authorization);
      }
      case '/userinfo': {
        const sub = subjects.get(authorization.replace('Bearer ', ''));
        return sub === undefined ? null : { sub, ...issuer.apart[sub] };
      }
      default:
        return null;
    }
  };

  const approve = (asked: string, claims: Claims) => {
    const query = new URL(asked).searchParams;
    const read = (name: string) => query.get(name) ?? '';
    if (read('client_id') !== CLIENT.id || read('code_challenge_method') !== 'S256') {
      throw new Error(`not what a client asks: ${asked}`);
    }
    const code = randomUUID();
    const redirectUri = read('redirect_uri');
    grants.set(code, { claims, nonce: read('nonce'), challenge: read('code_challenge'), redirectUri });
    return `${redirectUri}?${new URLSearchParams({ code, state: read('state') }).toString()}`;
  };

  const sendBack = (asked: string) => {
    if (issuer.person) return approve(asked, issuer.person);
    const query = new URL(asked).searchParams;
    const no = new URLSearchParams({ error: 'access_denied', state: query.get('state') ?? '' });
    return `${query.get('redirect_uri') ?? ''}?${no.toString()}`;
  };

  const server = http.createServer((request, response) => {
    if (request.url?.startsWith('/authorize?')) {
      response.writeHead(302, { location: sendBack(url + request.url) }).end();
      return;
    }
    void answer(request).then((body) => {
      response.writeHead(body === null ? 400 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? { error: 'invalid_grant' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the issuer has no port');
  url = `http://127.0.0.1:${address.port}`;

  return Object.assign(issuer, {
    url,
    approve,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
