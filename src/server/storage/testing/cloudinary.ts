/**
 * A stand-in of Cloudinary, built from its documented API: signed upload in chunks (X-Unique-Upload-Id,
 * Content-Range), download, destroy, and the admin listing of resources.
 */
import { createHash } from 'node:crypto';
import { bytesKept } from './faults.ts';
import { readForm, sendObject, type Shelved } from './shelf.ts';
import { openStandIn, sendJson, type StandIn } from './stand-in.ts';

const ACCOUNT = { cloud: 'demo', key: '123456', secret: 'cloudinary-secret' };

export const urlOf = (standIn: StandIn) =>
  `cloudinary://${ACCOUNT.key}:${ACCOUNT.secret}@${ACCOUNT.cloud}?upload_prefix=${standIn.origin}`;

export async function openCloudinary(): Promise<StandIn> {
  const files = new Map<string, Shelved>();
  const chunks = new Map<string, Buffer[]>();
  const root = `/v1_1/${ACCOUNT.cloud}`;
  const raw = `${root}/raw`;

  return openStandIn(async ({ request, response, url, body, fault }) => {
    const fail = (status: number, message: string) => sendJson(response, status, { error: { message } });

    if (url.pathname === `${raw}/upload`) {
      if (fault === 'is full') return fail(420, 'You have exceeded your storage quota.');
      const { text, bytes, mime, fields } = await readForm(request, body);
      if (!isSigned(fields)) return fail(401, 'Invalid Signature');
      const id = text('public_id') ?? '';
      const upload = String(request.headers['x-unique-upload-id']);
      const [, end = '', total = ''] =
        /^bytes \d+-(\d+)\/(-?\d+)$/.exec(request.headers['content-range'] ?? '') ?? [];
      chunks.set(upload, [...(chunks.get(upload) ?? []), bytes]);
      if (Number(end) + 1 !== Number(total)) return sendJson(response, 200, { done: false, public_id: id });
      const whole = Buffer.concat(chunks.get(upload) ?? []);
      chunks.delete(upload);
      if (whole.byteLength === 0) return fail(400, 'Empty file');
      const existing = files.has(id) && text('overwrite') === '0';
      const kept = bytesKept(fault, whole);
      if (!existing && kept) files.set(id, { bytes: kept, mime, at: new Date() });
      return sendJson(response, 200, {
        public_id: id,
        bytes: whole.byteLength,
        ...(existing && { existing }),
      });
    }
    if (url.pathname === `${raw}/download`) {
      const { searchParams: query } = url;
      if (!isSigned(query)) return fail(401, 'Invalid Signature');
      if (Number(query.get('expires_at')) * 1000 < Date.now()) return fail(401, 'Expired');
      // Nothing promises ranges here: the whole file is the worst that may come.
      delete request.headers.range;
      return sendObject(request, response, files.get(query.get('public_id') ?? ''), fault);
    }
    if (url.pathname === `${raw}/destroy`) {
      const { text, fields } = await readForm(request, body);
      if (!isSigned(fields)) return fail(401, 'Invalid Signature');
      if (fault === 'refuses deletes') return fail(500, 'internal');
      const id = text('public_id') ?? '';
      const found = files.has(id);
      if (fault !== 'keeps what it deletes') files.delete(id);
      return sendJson(response, 200, { result: found ? 'ok' : 'not found' });
    }
    if (url.pathname === `${root}/resources/raw/authenticated`) {
      const login = `Basic ${Buffer.from(`${ACCOUNT.key}:${ACCOUNT.secret}`).toString('base64')}`;
      if (request.headers.authorization !== login) return fail(401, 'Invalid credentials');
      const from = Number(url.searchParams.get('next_cursor') ?? 0);
      const to = from + Number(url.searchParams.get('max_results'));
      const resources = [...files].slice(from, to).map(([id, { bytes, at }]) => ({
        public_id: id,
        bytes: bytes.byteLength,
        created_at: at.toISOString(),
      }));
      return sendJson(response, 200, { resources, ...(to < files.size && { next_cursor: String(to) }) });
    }
    return fail(404, 'no such route');
  });
}

/** SHA-1 over the parameters in order of their names, but for the file and who signs, followed by the secret. */
function isSigned(form: Iterable<[string, unknown]>): boolean {
  const fields = new Map(form);
  const unsigned = new Set(['file', 'api_key', 'signature', 'resource_type', 'cloud_name']);
  const text = [...fields]
    .filter(([name, value]) => !unsigned.has(name) && typeof value === 'string' && value !== '')
    .map(([name, value]) => `${name}=${String(value)}`)
    .sort()
    .join('&');
  const expected = createHash('sha1')
    .update(text + ACCOUNT.secret)
    .digest('hex');
  return fields.get('api_key') === ACCOUNT.key && fields.get('signature') === expected;
}
