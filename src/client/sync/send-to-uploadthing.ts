import { genUploader } from 'uploadthing/client';
import type { FileRouter } from 'uploadthing/types';
import { OFFLINE, RemoteError } from './remote-port.ts';
import type { SendOptions } from './upload-port.ts';

type Route = Omit<FileRouter[string], '$types'> & {
  $types: { input: { upload: string }; output: unknown; errorShape: null };
};

const { uploadFiles } = genUploader<{ original: Route }>({ url: '/api/uploadthing', package: 'afterimage' });

/**
 * The bytes go to the vendor, under an address that this server gives out; it knows of their arrival from the vendor,
 * and the owner from the cookie. What was sent of a file before it broke off is not sent again.
 */
export async function sendToUploadThing({
  library,
  id,
  file,
  onProgress,
  signal,
}: SendOptions): Promise<void> {
  try {
    await uploadFiles('original', {
      files: [new File([file], id, { type: file.type })],
      input: { upload: id },
      headers: { 'x-library': library },
      onUploadProgress: ({ totalLoaded }) => onProgress(totalLoaded),
      ...(signal && { signal }),
    });
  } catch (error) {
    // The vendor's words say neither what was kept nor what to do; whatever it was may pass.
    throw new RemoteError('NETWORK', OFFLINE, { cause: error });
  }
}
