import { UTApi, UTFile } from 'uploadthing/server';
import { z } from 'zod';
import { StorageKey } from './keys.ts';
import { LINK_SECONDS, type Storage } from './port.ts';
import { createRemoteStorage, refusal, type RemoteOptions } from './remote.ts';

export type UploadThingSettings = {
  token: string;
  /** Private files need a plan that has them; public ones can be read for good by whoever has seen an address. */
  acl: 'private' | 'public-read';
  /** Other addresses of the service, and `path` where an app has no host of its own. */
  apiUrl?: string;
  ingestUrl?: string;
  ufsHost?: string;
  ufsAppIdLocation?: 'subdomain' | 'path';
};

const PAGE = 500;

const Failure = z.looseObject({
  message: z.string().default(''),
  data: z.looseObject({ response: z.looseObject({ status: z.number() }) }).nullish(),
  response: z.looseObject({ status: z.number() }).nullish(),
});

/**
 * Files of one UploadThing app, found by the custom id that their key is. The service has no write on condition, and
 * makes its own key of 32 bits of hash: what a write returns is not trusted more than that of any backend.
 */
export function createUploadThingStorage(
  { acl, ...settings }: UploadThingSettings,
  options: RemoteOptions,
): Promise<Storage> {
  const api = new UTApi({ ...settings, defaultKeyType: 'customId', logLevel: 'None' });

  const addressOf = async (key: StorageKey) => {
    const { ufsUrl } = await api.generateSignedURL(customIdOf(key), { expiresIn: LINK_SECONDS });
    return ufsUrl;
  };

  async function open(key: StorageKey, headers: Record<string, string>, signal: AbortSignal) {
    const response = await fetch(await addressOf(key), { headers, signal });
    if (response.ok) return response;
    const text = await response.text();
    if (response.status === 404) return null;
    throw refusal(response.status, text);
  }

  return createRemoteStorage(
    {
      backend: 'uploadthing',
      async send(key, file, { mime }, signal) {
        const before = await open(key, { Range: 'bytes=0-0' }, signal);
        await before?.body?.cancel();
        if (before) return 'exists';
        const customId = customIdOf(key);
        const { error } = await api.uploadFiles(new UTFile([file], customId, { type: mime, customId }), {
          contentDisposition: 'attachment',
          acl,
          signal,
        });
        if (error) throw asRefusal(error);
        return 'kept';
      },
      open: (key, range, signal) =>
        open(key, range ? { Range: `bytes=${range.start}-${range.end}` } : {}, signal),
      async remove(key) {
        const { success } = await api.deleteFiles(customIdOf(key)).catch(refuse);
        if (!success) throw refusal(200, 'the file was not deleted');
      },
      async list(from) {
        const offset = Number(from ?? 0);
        const { files, hasMore } = await api.listFiles({ limit: PAGE, offset }).catch(refuse);
        const objects = files.flatMap(({ customId, size, status, uploadedAt }) => {
          const key = StorageKey.safeParse(customId?.replaceAll('-', '/'));
          if (!key.success || status !== 'Uploaded') return [];
          return [{ key: key.data, bytes: size, modifiedAt: new Date(uploadedAt) }];
        });
        return { objects, ...(hasMore && { next: String(offset + PAGE) }) };
      },
      // The type is that of the upload, and the name the custom id: enough for an <img> alone.
      link: async (key, { use, mime }) =>
        acl === 'private' && use === 'show' && mime.startsWith('image/') ? addressOf(key) : null,
    },
    options,
  );
}

/** How a file is named there; slashes are not for ids. */
export const customIdOf = (key: StorageKey) => key.replaceAll('/', '-');

function asRefusal(error: unknown) {
  const { message, data, response } = Failure.parse(error);
  return refusal((data?.response ?? response)?.status, message);
}

function refuse(error: unknown): never {
  throw asRefusal(error);
}
