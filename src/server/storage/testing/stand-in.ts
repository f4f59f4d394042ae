/** An HTTP server on loopback in the place of a vendor's, with the faults that befall any of them. */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { buffer } from 'node:stream/consumers';
import { CERTIFICATE, PRIVATE_KEY } from '../../fetch/testing/certificate.ts';
import type { StoreFault } from './faults.ts';

export type StandIn = {
  origin: string;
  fault: StoreFault | null;
  close(): Promise<void>;
};

export type Route = (asked: {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  body: Buffer;
  fault: StoreFault | null;
}) => void | Promise<void>;

type Options = {
  onClose?: () => Promise<void>;
  /** Under TLS, which only those know who trust the certificate. */
  secure?: boolean;
  /** Takes the body of a request; one that breaks off is nobody's answer. */
  read?: (request: IncomingMessage) => Promise<Buffer>;
};

export async function openStandIn(
  route: Route,
  { onClose, secure = false, read = buffer }: Options = {},
): Promise<StandIn> {
  const listen = (request: IncomingMessage, response: ServerResponse) => {
    const { fault } = standIn;
    if (fault === 'never answers') return;
    if (fault === 'answers 500') {
      sendJson(response, 500, { message: 'internal', error: { message: 'internal' } });
      return;
    }
    const url = new URL(request.url ?? '/', standIn.origin);
    read(request)
      .then((body) => route({ request, response, url, body, fault }))
      .catch((error: unknown) => {
        if (!request.destroyed) console.error(error);
        response.destroy();
      });
  };
  const server = secure
    ? https.createServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, listen)
    : http.createServer(listen);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a port was expected');
  const standIn: StandIn = {
    origin: secure ? `https://127.0.0.1:${address.port}` : `http://localhost:${address.port}`,
    fault: null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await onClose?.();
    },
  };
  return standIn;
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
