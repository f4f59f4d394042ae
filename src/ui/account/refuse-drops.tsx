'use client';
import { useEffect } from 'react';

/** Without it, the browser would leave a half-filled form to show the file that was dropped on it. */
export function RefuseDrops() {
  useEffect(() => {
    const ended = new AbortController();
    const refuse = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'none';
    };
    addEventListener('dragover', refuse, ended);
    addEventListener('drop', refuse, ended);
    return () => ended.abort();
  }, []);
  return null;
}
