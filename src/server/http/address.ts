/**
 * Where a request comes from. The header below is written by our own listener, over whatever a client sent in it;
 * proxies in front are believed only as many as the operator has counted.
 */
import net from 'node:net';

export const ADDRESS_HEADER = 'x-client-address';

/** `192.0.2.1:1234` and `[2001:db8::1]:1234`, as some proxies write it. */
const WITH_PORT = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/;

const withoutPort = (text: string) => {
  const [, bracketed, plain] = WITH_PORT.exec(text) ?? [];
  return bracketed ?? plain ?? text;
};

/**
 * @param forwarded The header x-forwarded-for: each proxy appends the address that it was asked from.
 * @param proxies How many proxies stand in front of this server.
 */
export function clientAddress(peer: string, forwarded: string | undefined, proxies: number): string {
  const told = (forwarded ?? '').split(',').flatMap((part) => withoutPort(part.trim()) || []);
  const chain = [...told, peer];
  const address = chain[Math.max(0, chain.length - 1 - proxies)];
  return address !== undefined && net.isIP(address) !== 0 ? address : peer;
}

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** The part of an address that one subscriber has: all of IPv4, the first 64 bits of IPv6. */
export function networkOf(address: string): string {
  const plain = MAPPED.exec(address)?.[1] ?? address;
  if (net.isIP(plain) !== 6) return plain;
  const [head = '', tail = ''] = plain.toLowerCase().replace(/%.*$/, '').split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail.split(':').filter(Boolean);
  const zeros = plain.includes('::')
    ? Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
    : [];
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** null: the request did not come through our listener, as in a test of a route handler. */
export const addressOf = (headers: Headers): string | null => headers.get(ADDRESS_HEADER);
