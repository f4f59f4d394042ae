'use client';
import { useUpload } from '#client/use-upload.ts';
import { showToast } from '../kit/feedback.ts';
import { DropZone } from './drop-zone.tsx';
import { sortFiles } from './files.ts';
import { UploadTray } from './upload-tray.tsx';

export function useFiles() {
  const { upload, items } = useUpload();
  function add(files: readonly File[]) {
    const { good, bad } = sortFiles(files);
    if (bad.length > 0) {
      showToast(
        `Only images and videos can be added. Left out: ${bad.slice(0, 3).join(', ')}${bad.length > 3 ? ' ...' : ''}`,
      );
    }
    if (good.length > 0) upload(good);
  }
  return { add, items };
}

/** Dropping and pasting, and what is on its way. */
export function Uploads({ files, enabled }: { files: ReturnType<typeof useFiles>; enabled: boolean }) {
  return (
    <>
      {enabled ? <DropZone onFiles={files.add} /> : null}
      <UploadTray items={files.items} />
    </>
  );
}
