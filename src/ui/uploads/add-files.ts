import { uploadFiles } from '#client/use-upload.ts';
import { announce, showToast } from '../kit/feedback.ts';

/** What a picker offers. The bytes decide, so this only keeps plain mistakes out of sight. */
export const ACCEPT =
  'image/png,image/jpeg,image/webp,image/gif,image/avif,video/mp4,video/webm,video/quicktime,.avif,.mov,.webm';

/** Each file is told of in the tray; what stops all of them is told here. */
export async function addFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  announce(files.length === 1 ? 'Adding one file' : `Adding ${files.length.toLocaleString('en')} files`);
  try {
    await uploadFiles(files);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'RemoteError') throw error;
    showToast(`Nothing was added. ${error.message}`);
  }
}
