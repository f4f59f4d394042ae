import { pipeline } from 'node:stream/promises';
import { v2 as cloudinary } from 'cloudinary';
import { z } from 'zod';
import { StorageKey } from './keys.ts';
import { LINK_SECONDS, type Storage } from './port.ts';
import { createRemoteStorage, refusal, type RemoteOptions, type Sent } from './remote.ts';

/** `url` as the console shows it: cloudinary://key:secret@cloud. */
export type CloudinarySettings = { url: string };

/** Anything but `raw` may be made anew by Cloudinary; anything but `authenticated` is read without a signature. */
const KIND = { resource_type: 'raw', type: 'authenticated' } as const;
const CHUNK_BYTES = 20_000_000;

const Failure = z.looseObject({ message: z.string().default(''), http_code: z.number().optional() });
const Listing = z.object({
  resources: z.array(z.object({ public_id: z.string(), bytes: z.number(), created_at: z.string() })),
  next_cursor: z.string().optional(),
});

/** Raw, authenticated files of one Cloudinary product environment, with the key as their public id. */
export function createCloudinaryStorage(
  { url }: CloudinarySettings,
  options: RemoteOptions,
): Promise<Storage> {
  const parsed = new URL(url);
  const prefix = parsed.searchParams.get('upload_prefix');
  const account = {
    cloud_name: parsed.hostname,
    api_key: decodeURIComponent(parsed.username),
    api_secret: decodeURIComponent(parsed.password),
    ...(prefix && { upload_prefix: prefix }),
    ...KIND,
  };

  async function send(key: StorageKey, file: Blob, signal: AbortSignal): Promise<Sent> {
    const answer = Promise.withResolvers<Sent>();
    const upload = cloudinary.uploader.upload_chunked_stream(
      { ...account, public_id: key, overwrite: false, chunk_size: CHUNK_BYTES },
      (error, result) => {
        if (error) answer.reject(asRefusal(error));
        else answer.resolve(result?.['existing'] === true ? 'exists' : 'kept');
      },
    );
    await Promise.all([pipeline(file.stream(), upload, { signal }), answer.promise]);
    return answer.promise;
  }

  return createRemoteStorage(
    {
      backend: 'cloudinary',
      send: (key, file, _about, signal) => send(key, file, signal),
      async open(key, range, signal) {
        const expires = Math.floor(Date.now() / 1000) + LINK_SECONDS;
        const address = cloudinary.utils.private_download_url(key, '', { ...account, expires_at: expires });
        const headers = range ? { Range: `bytes=${range.start}-${range.end}` } : undefined;
        const response = await fetch(address, { ...(headers && { headers }), signal });
        if (response.ok) return response;
        const text = await response.text();
        if (response.status === 404) return null;
        throw refusal(response.status, text);
      },
      async remove(key) {
        const answer: unknown = await cloudinary.uploader
          .destroy(key, { ...account, invalidate: true })
          .catch((error: unknown) => Promise.reject(asRefusal(error)));
        const { result } = z.object({ result: z.string() }).parse(answer);
        if (result !== 'ok' && result !== 'not found') throw refusal(200, result);
      },
      async list(from) {
        const answer: unknown = await cloudinary.api
          .resources({ ...account, max_results: 500, ...(from && { next_cursor: from }) })
          .catch((error: unknown) => Promise.reject(asRefusal(error)));
        const { resources, next_cursor: next } = Listing.parse(answer);
        const objects = resources.flatMap(({ public_id: id, bytes, created_at: at }) => {
          const key = StorageKey.safeParse(id);
          return key.success ? [{ key: key.data, bytes, modifiedAt: new Date(at) }] : [];
        });
        return { objects, ...(next && { next }) };
      },
      // A raw file is served without its type, so a player may refuse it: it comes through us.
      link: async () => null,
    },
    options,
  );
}

/** What the client throws carries the whole request, keys included, sometimes one level down. */
function asRefusal(error: unknown) {
  const nested = z.object({ error: Failure }).safeParse(error);
  const { message, http_code: status } = nested.success ? nested.data.error : Failure.parse(error);
  return refusal(status, message);
}
