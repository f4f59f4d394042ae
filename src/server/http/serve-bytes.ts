import { AppError } from '#core/errors.ts';
import type { StorageKey } from '../storage/keys.ts';
import type { Storage } from '../storage/port.ts';
import { tellLength } from './body-length.ts';
import { parseRange } from './range.ts';

export type ServedObject = {
  storage: Storage;
  key: StorageKey;
  /** From the database, which has it from the bytes. */
  mime: string;
  bytes: number;
  /** Lower case hexadecimal. */
  sha256: string;
  filename: string;
  /** Originals are attachments, renditions inline; `<img>` and `<video>` show either. */
  disposition: 'inline' | 'attachment';
};

/**
 * Answers GET and HEAD for one object: 200, 206, 304 or 416 (RFC 9110), or 302 to the backend that holds it. Who may
 * read it was decided by the caller.
 * The bytes of a key never change, so their hash is a strong validator; `no-cache` lets a browser keep them but ask
 * before each use, so that a person who lost access loses the picture.
 * @throws AppError UNAVAILABLE when the storage does not hold what the database says.
 */
export async function serveObject(request: Request, object: ServedObject): Promise<Response> {
  const etag = `"${object.sha256}"`;
  const headers = headersOf(object, etag);
  if (matchesAny(request.headers.get('if-none-match'), etag)) {
    headers.delete('Content-Type');
    return new Response(null, { status: 304, headers });
  }

  const answer = parseRange(rangeHeader(request, etag), object.bytes);
  if (answer.type === 'unsatisfiable') {
    headers.delete('Content-Type');
    headers.set('Content-Range', `bytes */${object.bytes}`);
    tellLength(headers, 0);
    return new Response(null, { status: 416, headers });
  }
  const range = answer.type === 'part' ? answer.range : undefined;
  tellLength(headers, range ? range.end - range.start + 1 : object.bytes);
  if (range) headers.set('Content-Range', `bytes ${range.start}-${range.end}/${object.bytes}`);
  const status = range ? 206 : 200;
  if (request.method === 'HEAD') return new Response(null, { status, headers });

  const link = await linkFor(request, object);
  if (link !== null) return redirectTo(link);

  const found = await object.storage.get(object.key, range);
  if (found === null) throw missing();
  if (found.bytes !== object.bytes) {
    await found.stream.cancel();
    throw missing();
  }
  return new Response(found.stream, { status, headers });
}

/** Below this a second round trip costs more than our passing the bytes on, and renditions must stay ours to cache. */
export const LINK_FROM_BYTES = 1024 * 1024;

/** What a browser shows or plays and never runs: whatever a backend answers with, such a type does no harm there. */
const INERT = /^(image\/(png|jpeg|webp|gif|avif)|video\/(mp4|webm|quicktime))$/;

/**
 * A link is for an element or a download alone. A script's fetch would need CORS on the backend, and a program may
 * not follow; both say no such mode and are given the bytes. Only the range of the link's own answer counts then.
 */
async function linkFor(request: Request, object: ServedObject): Promise<string | null> {
  const { storage, key, mime, bytes, disposition, filename } = object;
  const mode = request.headers.get('sec-fetch-mode');
  const isElement = mode === 'no-cors' || mode === 'navigate';
  if (!isElement || disposition !== 'attachment' || bytes < LINK_FROM_BYTES || !INERT.test(mime)) return null;
  return storage.link(key, {
    use: mode === 'navigate' ? 'download' : 'show',
    mime,
    contentDisposition: contentDisposition(disposition, filename),
  });
}

/** Never kept, since the link dies soon; and the backend does not learn which page asked. */
const redirectTo = (link: string) =>
  new Response(null, {
    status: 302,
    headers: {
      Location: link,
      'Cache-Control': 'private, no-store',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Referrer-Policy': 'no-referrer',
      Vary: 'Cookie, Sec-Fetch-Mode',
    },
  });

const missing = () => new AppError('UNAVAILABLE', 'The bytes of this item cannot be read at the moment.');

function headersOf({ mime, filename, disposition }: ServedObject, etag: string): Headers {
  return new Headers({
    ETag: etag,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, no-cache',
    'Content-Disposition': contentDisposition(disposition, filename),
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'Content-Type': mime,
    'Cross-Origin-Resource-Policy': 'same-origin',
    Vary: 'Cookie',
    'X-Content-Type-Options': 'nosniff',
  });
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2): a proxy may have marked our tag with `W/`. */
function matchesAny(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** The range counts for a GET alone, and only while If-Range still names these bytes (RFC 9110, 13.1.5). */
function rangeHeader({ method, headers }: Request, etag: string): string | null {
  const condition = headers.get('if-range');
  if (method !== 'GET' || (condition !== null && condition.trim() !== etag)) return null;
  return headers.get('range');
}

/** RFC 6266: a plain name for old readers, and the real one in UTF-8 (RFC 8187). */
export function contentDisposition(disposition: ServedObject['disposition'], filename: string): string {
  const name = safeFilename(filename);
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${disposition}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** Without paths, control and direction marks, or a leading or trailing dot; never empty, never very long. */
function safeFilename(filename: string): string {
  const name = filename
    .toWellFormed()
    .replace(/[/\\:*?"<>|\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  const short = Array.from(name).slice(-150).join('');
  return short === '' ? 'file' : short;
}
