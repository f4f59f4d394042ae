/**
 * The bytes of one file to where this server wants them. A large one goes in parts: what has arrived is asked first
 * and never sent again, whatever broke in between.
 */
import { UPLOAD_LENGTH, UPLOAD_OFFSET, UPLOAD_PART_BYTES, UPLOAD_VIA } from '#core/upload.ts';
import { parseRefusal } from '../refusal.ts';
import { OFFLINE, RemoteError } from './remote-port.ts';
import type { SendOptions } from './upload-port.ts';

const noAnswer = () => new RemoteError('NETWORK', OFFLINE);

const addressOf = (id: string) => `/api/v1/uploads/${id}`;

/** By XMLHttpRequest, which alone tells how much has been sent. */
function sendBody(
  method: 'PUT' | 'PATCH',
  { library, id, onProgress, signal }: SendOptions,
  body: Blob,
  offset: number,
  length: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, addressOf(id));
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('x-library', library);
    if (method === 'PATCH') {
      request.setRequestHeader(UPLOAD_OFFSET, String(offset));
      request.setRequestHeader(UPLOAD_LENGTH, String(length));
    }
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(offset + loaded));
    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(parseRefusal(request.responseText));
    });
    request.addEventListener('error', () => reject(noAnswer()));
    request.addEventListener('abort', () => reject(noAnswer()));
    signal?.addEventListener('abort', () => request.abort());
    if (signal?.aborted) reject(noAnswer());
    else request.send(body);
  });
}

/** Where this server wants bytes; it says so with its first answer, and means it for as long as the page is open. */
let via: string | null | undefined;

async function askOffset({ library, id, signal }: SendOptions): Promise<number> {
  const response = await fetch(addressOf(id), {
    method: 'HEAD',
    headers: { 'x-library': library },
    ...(signal && { signal }),
  }).catch(() => null);
  // An answer without a body does not say why; the request that follows will.
  if (!response?.ok) {
    if (!response || response.status >= 500) throw noAnswer();
    return 0;
  }
  via = response.headers.get(UPLOAD_VIA);
  return Number(response.headers.get(UPLOAD_OFFSET) ?? 0);
}

/** @throws RemoteError */
export async function sendFile(options: SendOptions): Promise<void> {
  const { file } = options;
  const isLarge = file.size > UPLOAD_PART_BYTES;
  let offset = isLarge || via !== null ? await askOffset(options) : 0;
  if (via === 'uploadthing') {
    if (offset === file.size) return;
    const { sendToUploadThing } = await import('./send-to-uploadthing.ts');
    return sendToUploadThing(options, () => askOffset(options));
  }
  if (!isLarge) return sendBody('PUT', options, file, 0, file.size);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      return await sendParts(options, offset);
    } catch (error) {
      if (!isLost(error)) throw error;
      offset = await askOffset(options);
    }
  }
  // Behind a balancer the parts may go to several machines, of which none ever has the whole.
  return sendBody('PUT', options, file, 0, file.size);
}

/** Of sending in parts, before the file is sent at once. */
const ATTEMPTS = 3;

/** The server holds another part of it than we thought. */
const isLost = (error: unknown) =>
  error instanceof RemoteError && (error.code === 'CONFLICT' || error.field === 'body');

async function sendParts(options: SendOptions, from: number): Promise<void> {
  const { file, onProgress } = options;
  let offset = from;
  do {
    onProgress(offset);
    const end = Math.min(offset + UPLOAD_PART_BYTES, file.size);
    await sendBody('PATCH', options, file.slice(offset, end), offset, file.size);
    offset = end;
  } while (offset < file.size);
}
