/**
 * Somebody else's server: a real one under TLS, on loopback. Its names are known to the network that comes with it
 * alone, as public addresses, so that every rule about addresses holds in a test as it does elsewhere.
 */
import type http from 'node:http';
import https from 'node:https';
import { connectTls, type Network } from '../network.ts';
import { CERTIFICATE, PRIVATE_KEY } from './certificate.ts';

/** Names and address that the certificate is for. */
export const HOST = 'pictures.example.org';
export const OTHER_HOST = 'other.example.org';
export const ADDRESS = '93.184.216.34';

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

export type StandIn = {
  network: Network;
  /** What each path answers. */
  paths: Map<string, Answer>;
  /** What each name leads to; a list is given out one after another, as by a name server that changes its mind. */
  names: Map<string, string[][]>;
  /** Every request that came, as `host path`. */
  asked: { line: string; headers: http.IncomingHttpHeaders }[];
  /** Every address that a connection was made to. */
  connected: string[];
  close: () => Promise<void>;
};

export async function openStandIn(): Promise<StandIn> {
  const paths: StandIn['paths'] = new Map();
  const names: StandIn['names'] = new Map([
    [HOST, [[ADDRESS]]],
    [OTHER_HOST, [[ADDRESS]]],
  ]);
  const asked: StandIn['asked'] = [];
  const connected: string[] = [];
  const server = https.createServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, (request, response) => {
    const { url = '', headers } = request;
    asked.push({ line: `${headers.host ?? ''} ${url}`, headers });
    const answer = paths.get(url);
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port');
  const network: Network = {
    async resolve(host) {
      const turns = names.get(host) ?? [];
      const found = turns.length > 1 ? turns.shift() : turns[0];
      if (!found || found.length === 0) throw new Error(`no such name: ${host}`);
      return found;
    },
    connect(to, host, signal) {
      connected.push(to);
      const local = { host: '127.0.0.1', port: address.port, ca: CERTIFICATE };
      return connectTls(local, host, signal);
    },
  };
  return {
    network,
    paths,
    names,
    asked,
    connected,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
