/** What the stand-ins of the hosted backends share: an HTTP server on loopback that keeps objects in memory. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { parseRange } from '../../http/range.ts';
import { altered, type StoreFault } from './faults.ts';

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

export async function openStandIn(route: Route): Promise<StandIn> {
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
  const standIn: StandIn = {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    fault: null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

export type Shelved = { bytes: Buffer; mime: string; at: Date };

/** Serves an object as a content network does: with its range, or 404. */
export function sendObject(
  request: IncomingMessage,
  response: ServerResponse,
  found: Shelved | undefined,
  fault: StoreFault | null,
): void {
  if (!found) {
    response.writeHead(404).end('Not found');
    return;
  }
  const bytes = fault === 'serves other bytes' ? altered(found.bytes) : found.bytes;
  const answer = parseRange(request.headers.range ?? null, bytes.byteLength);
  if (answer.type === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${bytes.byteLength}` }).end();
    return;
  }
  const { start, end } = answer.type === 'part' ? answer.range : { start: 0, end: bytes.byteLength - 1 };
  response.writeHead(answer.type === 'part' ? 206 : 200, {
    'Content-Type': found.mime,
    'Content-Length': end - start + 1,
    ...(answer.type === 'part' && { 'Content-Range': `bytes ${start}-${end}/${bytes.byteLength}` }),
  });
  response.end(request.method === 'HEAD' ? undefined : bytes.subarray(start, end + 1));
}

/** The fields and the one file of a form. */
export async function readForm(request: IncomingMessage, body: Buffer) {
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  }).formData();
  const file = form.get('file');
  if (!(file instanceof File)) throw new Error('the form has no file');
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : undefined;
  };
  return { text, bytes: Buffer.from(await file.arrayBuffer()), mime: file.type };
}
