import { useEffect, useState } from 'react';
import { isTyping } from '../shell/is-typing.ts';

const bringsFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;

/** A field takes the text of a link itself. */
const bringsLink = ({ dataTransfer, target }: DragEvent) =>
  (dataTransfer?.types.includes('text/uri-list') ?? false) && !isTyping(target);

/** What lies in it has to be taken out at once: afterwards it is empty. */
async function take(data: DataTransfer | null) {
  const entries = [...(data?.items ?? [])].flatMap(
    (item) => (item.kind === 'file' && (item.webkitGetAsEntry() ?? item.getAsFile())) || [],
  );
  const text = data?.getData('text/plain') ?? '';
  const { addDropped } = await import('./dropped-files.ts');
  await addDropped(entries, text);
}

/** Takes files and links that are dropped on or pasted into the page. @returns Whether some are held over it. */
export function useDropping(enabled: boolean): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    if (!enabled) return undefined;
    const ended = new AbortController();
    let depth = 0;
    /** What is dragged out of this page itself is no file to take. */
    let isOwn = false;
    addEventListener('dragstart', () => (isOwn = true), ended);
    addEventListener('dragend', () => (isOwn = false), ended);
    const onDrag = (type: 'dragenter' | 'dragleave' | 'dragover' | 'drop', act: (event: DragEvent) => void) =>
      addEventListener(
        type,
        (event) => (!isOwn && (bringsFiles(event) || bringsLink(event)) ? act(event) : undefined),
        ended,
      );
    onDrag('dragenter', () => {
      depth++;
      setOver(true);
    });
    onDrag('dragleave', () => {
      if (--depth <= 0) setOver(false);
    });
    onDrag('dragover', (event) => event.preventDefault());
    onDrag('drop', (event) => {
      event.preventDefault();
      depth = 0;
      setOver(false);
      void take(event.dataTransfer);
    });
    addEventListener(
      'paste',
      (event) => {
        const { clipboardData } = event;
        // Text is the field's; a picture alone is nothing that it could take.
        const isPicture =
          clipboardData?.types.includes('Files') && !clipboardData.types.includes('text/plain');
        if (isTyping(event.target) && !isPicture) return;
        if (isPicture) event.preventDefault();
        void take(clipboardData);
      },
      ended,
    );
    // Whoever drives the page from outside can see that it listens.
    document.documentElement.dataset['takesFiles'] = '';
    return () => {
      ended.abort();
      delete document.documentElement.dataset['takesFiles'];
    };
  }, [enabled]);
  return over;
}
