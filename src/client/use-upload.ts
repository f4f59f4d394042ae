import { session } from './browser.ts';
import { useEngineState } from './use-client.ts';

/** Takes files at once and sends them when there is a network. The first upload of nobody makes a guest. */
export async function uploadFiles(files: readonly File[]): Promise<void> {
  const engine = await session?.ensureLibrary();
  await engine?.uploads.add(files);
}

/** Whether there is anything to tell of files. */
export const useHasUploads = (): boolean =>
  useEngineState(
    ({ snapshot: { uploads, reading }, uploadProgress: { chosen } }) =>
      uploads.length + reading.length + chosen.length > 0,
    false,
  );
