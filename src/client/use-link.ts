import type { Media } from '#core/media.ts';
import { api, session } from './browser.ts';
import { newMediaId } from './ids.ts';
import { toRemoteError } from './remote.ts';

/**
 * Has the server fetch a link, or take a data: URL, into the library; nobody gets one first.
 * @returns The item, and whether it was here before.
 * @throws RemoteError
 */
export async function saveLink(text: string): Promise<{ media: Media; wasHere: boolean }> {
  const engine = await session?.ensureLibrary();
  const id = newMediaId();
  const url = text.trim();
  const source = url.startsWith('data:') ? { data: url } : { url };
  try {
    const media = await api.media.save.mutate(
      { id, ...source },
      { context: { library: engine?.library ?? null } },
    );
    return { media, wasHere: media.id !== id };
  } catch (error) {
    throw toRemoteError(error, 'The server cannot be reached. Nothing was saved: try again.');
  }
}
