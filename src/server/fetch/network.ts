import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import tls from 'node:tls';

/** How the internet is reached. Tests give their own; nothing in the configuration does. */
export type Network = {
  /** All addresses of a name, of both families. Rejects when there are none. */
  resolve: (host: string) => Promise<string[]>;
  /**
   * A connection under TLS to port 443 of exactly this address, whose certificate is for the host.
   * @param signal Ends the attempt, and later the connection.
   */
  connect: (address: string, host: string, signal: AbortSignal) => Promise<tls.TLSSocket>;
};

export const systemNetwork: Network = {
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  connect: (address, host, signal) => connectTls({ host: address, port: 443 }, host, signal),
};

/** @param host Whom the certificate must be for: a name, or an address that stands in the link itself. */
export function connectTls(
  to: tls.ConnectionOptions,
  host: string,
  signal: AbortSignal,
): Promise<tls.TLSSocket> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      ...to,
      servername: isIP(host) === 0 ? host : '',
      checkServerIdentity: (_name, certificate) => tls.checkServerIdentity(host, certificate),
      ALPNProtocols: ['http/1.1'],
    });
    // For as long as it lives: whoever uses it hears of its end, and nobody else must fall over it.
    socket.on('error', reject);
    signal.addEventListener('abort', () => socket.destroy(new Error('given up')), { once: true });
    socket.once('secureConnect', () => resolve(socket));
  });
}
