'use client';
import { FileJson } from 'lucide-react';
import { useEffect, useEffectEvent, useId, useRef, useState } from 'react';
import { importActions, useImportDraft, useStoredHistories } from '#client/use-import.ts';
import { Button } from '../kit/button.tsx';
import { addFiles } from '../uploads/add-files.ts';
import { entriesIn } from './import-words.ts';
import { openLook } from './look-path.ts';

const isPicture = ({ type }: File) => /^(image|video)\//.test(type);

/** Pictures are no history: they go where they go on every other page. */
async function take(files: readonly File[]) {
  const pictures = files.filter(isPicture);
  if (pictures.length > 0) void addFiles(pictures);
  const texts = await Promise.all(files.filter((file) => !isPicture(file)).map((file) => file.text()));
  if (texts.length === 0) return;
  openLook(() => importActions.lookAt(texts));
}

/** A history comes as a file, as text, or out of this browser's storage. */
export function ImportChoice() {
  const id = useId();
  const picker = useRef<HTMLInputElement>(null);
  const text = useImportDraft();
  const [over, setOver] = useState(false);
  const stored = useStoredHistories();
  const takeDropped = useEffectEvent((list: FileList | undefined) => void take([...(list ?? [])]));
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      takeDropped(event.dataTransfer?.files);
    };
    const onPaste = ({ clipboardData }: ClipboardEvent) => takeDropped(clipboardData?.files);
    const ended = new AbortController();
    addEventListener('dragover', onOver, ended);
    addEventListener('dragleave', onLeave, ended);
    addEventListener('drop', onDrop, ended);
    addEventListener('paste', onPaste, ended);
    return () => ended.abort();
  }, []);

  return (
    <form
      className="mt-6"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') openLook(importActions.lookAtDraft);
      }}
    >
      {stored.length > 0 ? (
        <section aria-label="Found in this browser" className="border-line rounded-panel mb-6 border p-4">
          <h2 className="font-medium">Found in this browser</h2>
          <ul className="mt-2 flex flex-col gap-2">
            {stored.map(({ key, count, text: found }) => (
              <li key={key} className="flex items-center justify-between gap-3">
                <span className="min-w-0 truncate">
                  {key}
                  <span className="text-quiet tabular-nums"> {entriesIn(count)}</span>
                </span>
                <Button onClick={() => openLook(() => importActions.lookAt([found]))}>Look at it</Button>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <label htmlFor={id} className="font-medium">
        The history
      </label>
      <textarea
        id={id}
        value={text}
        rows={9}
        spellCheck={false}
        placeholder='[{ "url": "https://...", "prompt": "..." }]'
        aria-describedby={`${id}-note`}
        onChange={(event) => importActions.writeDraft(event.target.value)}
        className={`bg-raised placeholder:text-quiet rounded-panel mt-1.5 block w-full border p-3 font-mono text-[16px] md:text-[13px] ${over ? 'border-accent' : 'border-line-strong'}`}
      />
      <p id={`${id}-note`} className="text-quiet mt-1.5">
        Paste JSON or links, one a line, or drop files of them anywhere on this page. Nothing is changed yet.
      </p>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button type="submit" variant="primary" disabled={text.trim() === ''}>
          Look at it
        </Button>
        <Button onClick={() => picker.current?.click()}>
          <FileJson aria-hidden className="size-4" strokeWidth={1.75} />
          Choose files
        </Button>
        <input
          ref={picker}
          type="file"
          multiple
          accept="application/json,text/plain,.json,.jsonl,.ndjson,.txt"
          aria-label="Choose files"
          tabIndex={-1}
          className="hidden"
          onChange={(event) => {
            void take([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
      </div>
    </form>
  );
}
