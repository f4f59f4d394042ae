import { AppError } from '#core/errors.ts';

type ContentType = 'application/json' | 'application/octet-stream' | 'application/x-www-form-urlencoded';

/**
 * Refuses what a foreign page could make a browser send with its cookies: anything but JSON or raw bytes that it had
 * to ask leave for, and anything whose origin the browser names as another. Programs send neither header. A form needs
 * no leave: who takes one asks for a token in it as well.
 */
export function guardWrite(request: Request, contentType: ContentType) {
  const site = request.headers.get('sec-fetch-site');
  const origin = request.headers.get('origin');
  const foreign =
    site !== null ? site !== 'same-origin' && site !== 'none' : origin !== null && !isOwn(origin, request);
  if (foreign) throw new AppError('FORBIDDEN', 'Requests from other sites are refused.');
  const [sent = ''] = (request.headers.get('content-type') ?? '').split(';');
  if (hasBody(request) && sent.trim().toLowerCase() !== contentType) {
    throw new AppError('UNSUPPORTED_MEDIA', `Send the body as ${contentType}.`, { field: 'content-type' });
  }
}

export const hasBody = ({ headers }: Request) =>
  headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0;

function isOwn(origin: string, request: Request): boolean {
  return URL.canParse(origin) && new URL(origin).host === request.headers.get('host');
}

/**
 * Reads a body of at most `max` bytes, counted as they come: an announced length is only a hint.
 * @throws AppError TOO_LARGE
 */
export async function readBody(request: Request, max: number): Promise<Uint8Array> {
  const tooLarge = () => new AppError('TOO_LARGE', `The body has more than ${max} bytes.`, { field: 'body' });
  if (Number(request.headers.get('content-length') ?? 0) > max) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > max) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @throws AppError BAD_INPUT for what is not JSON in UTF-8. */
export async function readJson(request: Request, max: number): Promise<unknown> {
  const body = await readBody(request, max);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw new AppError('BAD_INPUT', 'The body is not valid JSON.', { field: 'body', cause });
  }
}
