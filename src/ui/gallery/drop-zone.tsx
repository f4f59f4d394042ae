'use client';
import { ImagePlus } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { isLink } from '#client/use-link.ts';
import { isTyping } from '../shell/is-typing.ts';

/** Takes files that are dropped on or pasted into the page, and links that are pasted. */
export function DropZone({
  onFiles,
  onLink,
}: {
  onFiles: (files: readonly File[]) => void;
  onLink: (link: string) => void;
}) {
  const [over, setOver] = useState(false);
  const take = useEffectEvent((list: FileList | undefined) => {
    if (list && list.length > 0) onFiles([...list]);
  });
  const takePasted = useEffectEvent((data: DataTransfer | null) => {
    const text = data?.getData('text/plain') ?? '';
    if (data && data.files.length > 0) take(data.files);
    else if (isLink(text)) onLink(text.trim());
  });
  useEffect(() => {
    let depth = 0;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onEnter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth++;
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (hasFiles(event) && --depth <= 0) setOver(false);
    };
    const onOver = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    };
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      take(event.dataTransfer?.files);
    };
    const onPaste = (event: ClipboardEvent) => {
      if (!isTyping(event.target)) takePasted(event.clipboardData);
    };
    addEventListener('dragenter', onEnter);
    addEventListener('dragleave', onLeave);
    addEventListener('dragover', onOver);
    addEventListener('drop', onDrop);
    addEventListener('paste', onPaste);
    return () => {
      removeEventListener('dragenter', onEnter);
      removeEventListener('dragleave', onLeave);
      removeEventListener('dragover', onOver);
      removeEventListener('drop', onDrop);
      removeEventListener('paste', onPaste);
    };
  }, []);
  return over ? (
    <div className="border-accent bg-surface/85 pointer-events-none fixed inset-2 z-50 flex flex-col items-center justify-center gap-3 rounded-panel border-2 border-dashed md:left-[calc(var(--sidebar)+8px)]">
      <ImagePlus aria-hidden className="text-accent-text size-8" strokeWidth={1.5} />
      <p className="text-lead">Drop images and videos to add them to the gallery</p>
    </div>
  ) : null;
}
