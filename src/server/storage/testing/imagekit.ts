/**
 * A stand-in of ImageKit, built from its documented API: upload (POST /api/v1/files/upload), list and search
 * (GET /v1/files), delete (DELETE /v1/files/{id}), and delivery of private files by signed address (ik-t, ik-s).
 */
import { createHmac } from 'node:crypto';
import { bytesKept } from './faults.ts';
import { readForm, sendObject, type Shelved } from './shelf.ts';
import { openStandIn, sendJson, type StandIn } from './stand-in.ts';

export const PRIVATE_KEY = 'private_test';
/** Delivery and API share the origin here; the first part of the path tells them apart. */
export const DELIVERY = '/demo';

type Kept = Shelved & { fileId: string; name: string };

export async function openImageKit(): Promise<StandIn> {
  const files = new Map<string, Kept>();

  return openStandIn(async ({ request, response, url, body, fault }) => {
    if (url.pathname.startsWith(`${DELIVERY}/`)) {
      if (!isSigned(url)) return sendJson(response, 401, { message: 'Invalid signature' });
      const path = url.pathname.slice(DELIVERY.length);
      return sendObject(request, response, files.get(path), fault);
    }
    const login = `Basic ${Buffer.from(`${PRIVATE_KEY}:do_not_set`).toString('base64')}`;
    if (request.headers.authorization !== login)
      return sendJson(response, 403, { message: 'Your account cannot be authenticated.' });

    if (request.method === 'POST' && url.pathname === '/api/v1/files/upload') {
      if (fault === 'is full')
        return sendJson(response, 403, { message: 'Media library storage limit has been exceeded.' });
      const { text, bytes, mime } = await readForm(request, body);
      if (text('isPrivateFile') !== 'true' || text('useUniqueFileName') !== 'false')
        return sendJson(response, 400, { message: 'the stand-in expects a private file under its own name' });
      const name = text('fileName') ?? '';
      const path = `${text('folder')}/${name}`;
      if (files.has(path) && text('overwriteFile') === 'false')
        return sendJson(response, 400, {
          message: 'A file with the same name already exists at the exact location.',
        });
      const kept = bytesKept(fault, bytes);
      const file = { bytes: kept ?? bytes, mime, at: new Date(), fileId: crypto.randomUUID(), name };
      if (kept) files.set(path, file);
      return sendJson(response, 200, describeFile(path, file));
    }
    if (request.method === 'GET' && url.pathname === '/v1/files') {
      const wanted = /^name="(\w+)"$/.exec(url.searchParams.get('searchQuery') ?? '')?.[1];
      const skip = Number(url.searchParams.get('skip') ?? 0);
      const found = [...files]
        .filter(([, file]) => wanted === undefined || file.name === wanted)
        .slice(skip, skip + Number(url.searchParams.get('limit')));
      return sendJson(
        response,
        200,
        found.map(([path, file]) => describeFile(path, file)),
      );
    }
    if (request.method === 'DELETE') {
      if (fault === 'refuses deletes') return sendJson(response, 500, { message: 'internal' });
      const id = url.pathname.slice('/v1/files/'.length);
      const found = [...files].find(([, file]) => file.fileId === id);
      if (!found) return sendJson(response, 404, { message: 'The requested file does not exist.' });
      if (fault !== 'keeps what it deletes') files.delete(found[0]);
      response.writeHead(204).end();
      return;
    }
    return sendJson(response, 404, { message: 'no such route' });
  });
}

const describeFile = (filePath: string, { fileId, name, bytes, at }: Kept) => ({
  type: 'file',
  fileId,
  name,
  filePath,
  size: bytes.byteLength,
  isPrivateFile: true,
  createdAt: at.toISOString(),
  updatedAt: at.toISOString(),
});

/** HMAC-SHA1 over the path below the endpoint, the query before the signature, and the time of expiry. */
function isSigned(url: URL): boolean {
  const expires = url.searchParams.get('ik-t') ?? '';
  const signed = url.href.slice(url.origin.length + DELIVERY.length + 1).replace(/[?&]ik-t=.*$/, '');
  const expected = createHmac('sha1', PRIVATE_KEY)
    .update(signed + expires)
    .digest('hex');
  return url.searchParams.get('ik-s') === expected && Number(expires) * 1000 > Date.now();
}
