import { AwsClient } from 'aws4fetch';
import { StorageKey } from './keys.ts';
import { LINK_SECONDS, type Storage, type StoredObject } from './port.ts';
import { createRemoteStorage, refusal, type RemoteOptions, type Sent } from './remote.ts';

export type S3Settings = {
  endpoint: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Read off the endpoint's name when absent, as AWS and R2 allow. */
  region?: string;
};

/** A link is signed for the last full window, so that a browser meets the same address again and uses its cache. */
const WINDOW_MS = (LINK_SECONDS * 1000) / 2;

/** One bucket of anything that speaks S3: AWS, R2, MinIO, Supabase Storage, Backblaze. Addresses are path-style. */
export function createS3Storage(settings: S3Settings, options: RemoteOptions): Promise<Storage> {
  const { endpoint, bucket, accessKeyId, secretAccessKey, region } = settings;
  const client = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', ...(region && { region }) });
  const root = `${endpoint.replace(/\/+$/, '')}/${encodeURIComponent(bucket)}`;

  /** By address and not as the signed `Request`, whose body is a stream: without its length, S3 takes none. */
  async function ask(address: string, init: RequestInit): Promise<Response> {
    const { method = 'GET', headers = {} } = init;
    const signed = await client.sign(address, { method, headers });
    return fetch(signed.url, { ...init, headers: signed.headers });
  }

  /** The announced hash is signed along: a server that checks it refuses bytes that changed on their way. */
  async function send(
    key: StorageKey,
    file: Blob,
    { mime, sha256 }: { mime: string; sha256: string },
    signal: AbortSignal,
    condition: Record<string, string> = { 'If-None-Match': '*' },
  ): Promise<Sent> {
    const response = await ask(`${root}/${key}`, {
      method: 'PUT',
      body: file,
      headers: { 'Content-Type': mime, 'X-Amz-Content-Sha256': sha256, ...condition },
      signal,
    });
    if (response.ok) return 'kept';
    const text = await response.text();
    if (response.status === 412) return 'exists';
    // A server without conditional writes; keys are random and used once, so nothing is there to be overwritten.
    if (response.status === 501 && 'If-None-Match' in condition)
      return send(key, file, { mime, sha256 }, signal, {});
    throw refusal(response.status, text);
  }

  return createRemoteStorage(
    {
      backend: 's3',
      send,
      async open(key, range, signal) {
        const headers = range ? { Range: `bytes=${range.start}-${range.end}` } : undefined;
        const response = await ask(`${root}/${key}`, { ...(headers && { headers }), signal });
        if (response.ok) return response;
        const text = await response.text();
        if (response.status === 404 && !text.includes('NoSuchBucket')) return null;
        throw refusal(response.status, text);
      },
      async remove(key, signal) {
        const response = await ask(`${root}/${key}`, { method: 'DELETE', signal });
        if (!response.ok && response.status !== 404) throw refusal(response.status, await response.text());
        await response.body?.cancel();
      },
      async list(from, signal) {
        const query = new URLSearchParams({ 'list-type': '2', ...(from && { 'continuation-token': from }) });
        const response = await ask(`${root}?${query}`, { signal });
        const xml = await response.text();
        if (!response.ok) throw refusal(response.status, xml);
        const next = elementOf(xml, 'NextContinuationToken');
        return { objects: objectsOf(xml), ...(next && { next }) };
      },
      async link(key, { mime, contentDisposition }) {
        const query = new URLSearchParams({
          'X-Amz-Expires': String(LINK_SECONDS),
          'response-cache-control': `private, max-age=${LINK_SECONDS}`,
          'response-content-disposition': contentDisposition,
          'response-content-type': mime,
        });
        const signedAt = new Date(Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS);
        const datetime = signedAt.toISOString().replace(/[:-]|\.\d{3}/g, '');
        const signed = await client.sign(`${root}/${key}?${query}`, { aws: { signQuery: true, datetime } });
        return signed.url;
      },
    },
    options,
  );
}

/** Listings are flat and hold only keys, numbers and dates of known form: no parser is needed to read ours out. */
function objectsOf(xml: string): StoredObject[] {
  return [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].flatMap(([, entry = '']) => {
    const key = StorageKey.safeParse(elementOf(entry, 'Key'));
    if (!key.success) return [];
    const modifiedAt = new Date(elementOf(entry, 'LastModified') ?? '');
    return [{ key: key.data, bytes: Number(elementOf(entry, 'Size')), modifiedAt }];
  });
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function elementOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replace(/&(\w+);/g, (whole, entity: string) => ENTITIES[entity] ?? whole);
}
