/**
 * What every answer says to a browser (security.md). Scripts run only with this answer's nonce, or when a script that
 * has it brings them; a route of bytes answers with a stricter policy of its own.
 */
import { randomBytes } from 'node:crypto';

type Options = {
  /** People come by https: the browser is told to stay there. */
  secure: boolean;
  /** The development server evaluates code and opens a socket. */
  dev: boolean;
  /** Origins of a storage that browsers read from by signed links. */
  storageOrigins: readonly string[];
};

/** Tells a page the nonce of the answer that it will be. */
export const NONCE_HEADER = 'x-nonce';

export const makeNonce = () => randomBytes(18).toString('base64');

export function contentPolicy(nonce: string, { secure, dev, storageOrigins }: Options): string {
  const media = ["'self'", 'data:', 'blob:', ...storageOrigins].join(' ');
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`,
    "script-src-attr 'none'",
    `style-src-elem 'self' ${dev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    `img-src ${media}`,
    `media-src ${media}`,
    `connect-src ${["'self'", 'blob:', ...storageOrigins, ...(dev ? ['ws:'] : [])].join(' ')}`,
    "font-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(secure ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}

export function securityHeaders(nonce: string, options: Options): Record<string, string> {
  return {
    'Content-Security-Policy': contentPolicy(nonce, options),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()',
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    ...(options.secure && { 'Strict-Transport-Security': 'max-age=63072000; includeSubDomains' }),
  };
}
