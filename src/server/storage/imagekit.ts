import ImageKit, { APIError } from '@imagekit/nodejs';
import { StorageKey } from './keys.ts';
import { LINK_SECONDS, type Storage } from './port.ts';
import { createRemoteStorage, refusal, type RemoteOptions } from './remote.ts';

export type ImageKitSettings = {
  privateKey: string;
  /** Where files are read, such as https://ik.imagekit.io/<id>. */
  urlEndpoint: string;
  /** Another address of the API. */
  baseURL?: string;
};

const PAGE = 1000;

/**
 * Private files in ImageKit's media library, at the path of their key. Reads come by signed address from its network,
 * which may keep a copy of what was deleted; whether an object exists is asked of the library. The copies answer to
 * signed addresses alone.
 */
export function createImageKitStorage(settings: ImageKitSettings, options: RemoteOptions): Promise<Storage> {
  const { privateKey, urlEndpoint, baseURL } = settings;
  const client = new ImageKit({ privateKey, maxRetries: 0, logLevel: 'off', ...(baseURL && { baseURL }) });

  /** `orig-true`: the bytes as they were sent, and not what the network would make of them for this reader. */
  const addressOf = (key: StorageKey) =>
    client.helper.buildSrc({
      urlEndpoint,
      src: `/${key}`,
      transformation: [{ original: true }],
      signed: true,
      expiresIn: LINK_SECONDS,
    });

  async function find(key: StorageKey, signal: AbortSignal) {
    const query = { searchQuery: `name="${nameOf(key)}"`, limit: 10 };
    const found = await client.assets.list(query, { signal }).catch(refuse);
    return found.find((entry) => 'filePath' in entry && entry.filePath === `/${key}`);
  }

  return createRemoteStorage(
    {
      backend: 'imagekit',
      async send(key, file, { mime }, signal) {
        const fileName = nameOf(key);
        const body = {
          file: new File([file], fileName, { type: mime }),
          fileName,
          folder: `/${key.slice(0, -fileName.length - 1)}`,
          useUniqueFileName: false,
          overwriteFile: false,
          isPrivateFile: true,
        };
        try {
          await client.files.upload(body, { signal });
          return 'kept';
        } catch (error) {
          if (error instanceof APIError && /already exists/i.test(error.message)) return 'exists';
          return refuse(error);
        }
      },
      async open(key, range, signal) {
        const headers = range ? { Range: `bytes=${range.start}-${range.end}` } : undefined;
        const response = await fetch(addressOf(key), { ...(headers && { headers }), signal });
        if (response.ok) return response;
        const text = await response.text();
        if (response.status === 404) return null;
        throw refusal(response.status, text);
      },
      async size(key, signal) {
        const found = await find(key, signal);
        return found && 'size' in found ? (found.size ?? null) : null;
      },
      async remove(key, signal) {
        const found = await find(key, signal);
        if (!found || !('fileId' in found) || found.fileId === undefined) return;
        await client.files.delete(found.fileId, { signal }).catch((error: unknown) => {
          if (!(error instanceof APIError && error.status === 404)) refuse(error);
        });
      },
      async list(from, signal) {
        const skip = Number(from ?? 0);
        const found = await client.assets
          .list({ type: 'file', sort: 'ASC_CREATED', skip, limit: PAGE }, { signal })
          .catch(refuse);
        const objects = found.flatMap(({ filePath, size, updatedAt }) => {
          const key = StorageKey.safeParse(filePath?.slice(1));
          if (!key.success || size === undefined || updatedAt === undefined) return [];
          return [{ key: key.data, bytes: size, modifiedAt: new Date(updatedAt) }];
        });
        return { objects, ...(found.length === PAGE && { next: String(skip + PAGE) }) };
      },
      // The network takes the type from the bytes, and the name of a download from the path: enough for an <img> alone.
      link: async (key, { use, mime }) =>
        use === 'show' && mime.startsWith('image/') ? addressOf(key) : null,
    },
    options,
  );
}

const nameOf = (key: StorageKey) => key.slice(key.lastIndexOf('/') + 1);

function refuse(error: unknown): never {
  if (error instanceof APIError) throw refusal(error.status, error.message);
  throw error;
}
