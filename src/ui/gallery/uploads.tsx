'use client';
import { useState } from 'react';
import { useUpload } from '#client/use-upload.ts';
import { showToast } from '../kit/feedback.ts';
import { lazyPart } from '../kit/lazy-part.tsx';
import { DropZone } from './drop-zone.tsx';
import { sortFiles } from './files.ts';
import { UploadTray } from './upload-tray.tsx';

const linkDialog = lazyPart(() => import('./link-dialog.tsx').then((module) => module.LinkDialog));

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
  /** Null: the dialog was never open, and its code is not here. */
  const [link, setLink] = useState<{ open: boolean; pasted: string | null; turn: number } | null>(null);
  const addLink = (pasted: string | null) => setLink({ open: true, pasted, turn: (link?.turn ?? 0) + 1 });
  const closeLink = () => setLink(link && { ...link, open: false });
  return { add, items, link, addLink, closeLink };
}

/** Dropping and pasting, and what is on its way. */
export function Uploads({ files, enabled }: { files: ReturnType<typeof useFiles>; enabled: boolean }) {
  return (
    <>
      {enabled ? <DropZone onFiles={files.add} onLink={files.addLink} /> : null}
      {files.link ? (
        <linkDialog.Part
          key={files.link.turn}
          open={files.link.open}
          pasted={files.link.pasted}
          onClose={files.closeLink}
        />
      ) : null}
      <UploadTray items={files.items} />
    </>
  );
}
