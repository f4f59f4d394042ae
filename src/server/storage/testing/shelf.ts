/** What the stand-ins of the hosted backends share: objects in memory, and the forms in which they come. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseRange } from '../../http/range.ts';
import { altered, type StoreFault } from './faults.ts';

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

/** The fields of a form, and the bytes of its one file if it has one. */
export async function readForm(request: IncomingMessage, body: Buffer) {
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  }).formData();
  const file = form.get('file');
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    fields: [...form.entries()],
    text,
    bytes: file instanceof File ? Buffer.from(await file.arrayBuffer()) : Buffer.alloc(0),
    mime: file instanceof File ? file.type : '',
  };
}
