/**
 * A real S3 server, s3rver, on loopback, behind a door that adds what it lacks (refusal of false signatures,
 * conditional writes, an answer no sooner than the bytes are kept) and that tells the lies which a test asks for.
 */
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import S3rver from 's3rver';
import { altered, bytesKept } from './faults.ts';
import { isSigned } from './signature.ts';
import { openStandIn, type Route, type StandIn } from './stand-in.ts';

export const BUCKET = 'afterimage';
export const S3_KEYS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

export async function openS3(): Promise<StandIn> {
  const directory = await mkdtemp(join(tmpdir(), 'afterimage-s3-'));
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    vhostBuckets: false,
    configureBuckets: [{ name: BUCKET, configs: [] }],
  });
  const { port } = await server.run();
  const written = new Set<string>();
  const underWay = new Set<string>();

  /** s3rver answers before its file is complete, which S3 never does. */
  async function untilComplete(path: string, bytes: number): Promise<void> {
    for (;;) {
      const found = await stat(`${directory}${path}._S3rver_object`).catch(() => null);
      if (found?.size === bytes) return;
      await wait(2);
    }
  }

  const route: Route = async ({ request, response, url, body, fault }) => {
    const { method = 'GET' } = request;
    const { pathname } = url;
    if (!isSigned(request, url, body, S3_KEYS.secretAccessKey))
      return answer(response, 403, 'SignatureDoesNotMatch');
    if (method === 'PUT') {
      if (request.headers['content-length'] === undefined)
        return answer(response, 411, 'MissingContentLength');
      if (fault === 'is full') return answer(response, 507, 'InsufficientStorage');
      if (request.headers['if-none-match'] === '*') {
        if (underWay.has(pathname)) return answer(response, 409, 'ConditionalRequestConflict');
        if (written.has(pathname)) return answer(response, 412, 'PreconditionFailed');
      }
      const kept = bytesKept(fault, body);
      if (kept === null) return answer(response, 200, '');
      underWay.add(pathname);
      const answered = await pass(request, port, kept);
      if (answered.status === 200) {
        await untilComplete(pathname, kept.byteLength);
        written.add(pathname);
      }
      underWay.delete(pathname);
      response.writeHead(answered.status, answered.headers).end(answered.bytes);
      return;
    }
    if (method === 'DELETE') {
      if (fault === 'refuses deletes') return answer(response, 503, 'SlowDown');
      if (fault === 'keeps what it deletes') return answer(response, 204, '');
      written.delete(pathname);
    }
    const isRead = method === 'GET' && !url.searchParams.has('list-type');
    const { status, headers, bytes } = await pass(request, port, body);
    response.writeHead(status, headers);
    response.end(isRead && fault === 'serves other bytes' ? altered(bytes) : bytes);
  };

  return openStandIn(route, {
    onClose: async () => {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  });
}

function answer(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { 'Content-Type': 'application/xml' })
    .end(code && `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`);
}

/** With the headers as they came: the name of the host is part of what was signed. */
async function pass(from: IncomingMessage, port: number, body: Buffer) {
  const headers = { ...from.headers, connection: 'close', 'content-length': String(body.byteLength) };
  // A connection of its own: one that was kept may be closed by s3rver at the moment of its use.
  const target = { port, host: '127.0.0.1', method: from.method, path: from.url, headers, agent: false };
  const passed = send(target);
  passed.end(body);
  const [found]: IncomingMessage[] = await once(passed, 'response');
  if (!found) throw new Error('s3rver gave no answer');
  return { status: found.statusCode ?? 500, headers: found.headers, bytes: await buffer(found) };
}
