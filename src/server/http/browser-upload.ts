import { createRouteHandler, createUploadthing, UTFiles } from 'uploadthing/server';
import { z } from 'zod';
import { notFound } from '#core/errors.ts';
import { UploadId } from '#core/media.ts';
import { LibraryId } from '#core/owner.ts';
import { env } from '#env';
import { countCall, ensureOwner } from '../auth/actor.ts';
import type { LibraryCtx } from '../context.ts';
import { log } from '../log.ts';
import { getServer } from '../server.ts';
import { StorageKey } from '../storage/keys.ts';
import { LINK_SECONDS } from '../storage/port.ts';
import { customIdOf } from '../storage/uploadthing.ts';
import { beginUpload, finishUpload } from '../upload.ts';
import { readBody } from './body.ts';
import { guardWrite } from './guard.ts';
import { answer, withCookies } from './respond.ts';

type Settings = {
  token: string;
  acl: 'private' | 'public-read';
  /** Where UploadThing reaches this route. */
  callbackUrl: string;
  ingestUrl?: string;
};

/** Requests and callbacks are small; a file itself never comes here. */
const MAX_BODY_BYTES = 64 * 1024;

/** What UploadThing keeps with a file and tells us again, under its signature, once the file is there. */
const Metadata = z.object({ library: LibraryId, upload: UploadId, key: StorageKey });

/** On whose behalf a request goes on; set by us before the vendor's handler sees it. */
const owners = new WeakMap<object, LibraryCtx>();

/**
 * Browsers ask here for an address at UploadThing to which they send one file, and UploadThing says here that it has
 * arrived. The owner is whoever asks; a file counts only after it was read back.
 */
export function createBrowserUploads({ token, acl, callbackUrl, ingestUrl }: Settings) {
  const route = createUploadthing();
  const original = route(
    { blob: { maxFileSize: '512MB', maxFileCount: 1, acl, contentDisposition: 'attachment' } },
    { presignedURLTTL: LINK_SECONDS, awaitServerData: true },
  )
    .input(z.object({ upload: UploadId }))
    .middleware(async ({ req, files, input: { upload } }) => {
      const owner = owners.get(req);
      if (!owner) throw new Error('a request came without its owner');
      const key = await beginUpload(owner, upload);
      const customId = customIdOf(key);
      const named = files.map(({ size, type }) => ({ name: customId, size, type, customId }));
      return { library: owner.library, upload, key, [UTFiles]: named };
    })
    .onUploadComplete(async ({ metadata, file }) => {
      const { library, upload, key } = Metadata.parse(metadata);
      try {
        await finishUpload({ ...(await getServer()), library }, upload, key, file.size);
        return { isKept: true };
      } catch (error) {
        log.error(`upload ${upload} arrived and could not be taken`, error);
        // An error would leave the browser waiting for an answer that never comes.
        return { isKept: false };
      }
    });
  const handle = createRouteHandler({
    router: { original },
    config: {
      token,
      callbackUrl,
      isDev: false,
      // Reading a large file back takes longer than the vendor waits for an answer; it is told the outcome by itself.
      handleDaemonPromise: 'void',
      logLevel: 'None',
      ...(ingestUrl && { ingestUrl }),
    },
  });

  return (request: Request): Promise<Response> =>
    answer(request, async (server, before) => {
      guardWrite(request, 'application/json');
      const { method, url, headers } = request;
      const body = await readBody(request, MAX_BODY_BYTES);
      const copy = new Request(url, { method, headers, body: new Uint8Array(body) });
      // The vendor's own calls come without cookies and make nobody an owner.
      if (headers.has('uploadthing-hook')) return handle(copy);
      const identity = await ensureOwner(server, before);
      await countCall(server, identity, 'write');
      owners.set(copy, { ...server, library: identity.library });
      return withCookies(await handle(copy), identity === before ? [] : identity.setCookies);
    });
}

let configured: ReturnType<typeof createBrowserUploads> | undefined;

/** 404 unless the files are at UploadThing: everywhere else `PUT /api/v1/uploads/{id}` takes them. */
export async function handleBrowserUpload(request: Request): Promise<Response> {
  const { STORAGE, UPLOADTHING_TOKEN: token, UPLOADTHING_ACL: acl, NEXTAUTH_URL } = env();
  if (STORAGE !== 'uploadthing' || !token) return answer(request, () => Promise.reject(notFound('route')));
  const origin = NEXTAUTH_URL ?? new URL(request.url).origin;
  configured ??= createBrowserUploads({ token, acl, callbackUrl: `${origin}/api/uploadthing` });
  return configured(request);
}
