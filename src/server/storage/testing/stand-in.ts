/** An HTTP server on loopback in the place of a vendor's, with the faults that befall any of them. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
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

export async function openStandIn(route: Route, onClose = async () => {}): Promise<StandIn> {
  const server = createServer((request, response) => {
    const { fault } = standIn;
    if (fault === 'never answers') return;
    if (fault === 'answers 500') {
      sendJson(response, 500, { message: 'internal', error: { message: 'internal' } });
      return;
    }
    const url = new URL(request.url ?? '/', standIn.origin);
    buffer(request)
      .then((body) => route({ request, response, url, body, fault }))
      .catch((error: unknown) => {
        console.error(error);
        response.destroy();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a port was expected');
  const standIn: StandIn = {
    origin: `http://localhost:${address.port}`,
    fault: null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await onClose();
    },
  };
  return standIn;
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
