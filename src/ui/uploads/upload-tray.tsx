'use client';
import { Check, ChevronDown, ChevronUp, RotateCw, TriangleAlert, X } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useConnection } from '#client/use-connection.ts';
import { useUploadList, type UploadItem, type UploadList } from '#client/use-upload-list.ts';
import { IconButton } from '../kit/button.tsx';
import { announce } from '../kit/feedback.ts';
import { byteSize } from '../viewer/media-facts.ts';
import { itemState, spokenEnd, trayTitle } from './upload-words.ts';

const isSettled = ({ state }: UploadItem) => state === 'saved' || state === 'failed';

/** Files on their way into the library, whatever page is shown: each with what has arrived of it. */
export function UploadTray() {
  const list = useUploadList();
  const { items, totals } = list;
  const [folded, setFolded] = useState(false);
  const isOnline = useConnection().state !== 'offline';
  const pathname = usePathname();
  const end = spokenEnd(totals);
  useEffect(() => {
    if (end !== null) announce(end);
  }, [end]);
  const isReading = items.some(({ state }) => state === 'reading');
  useEffect(() => {
    if (!isReading) return;
    // Until it was read, a file is on this device in the place only that it came from.
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', stay);
    return () => removeEventListener('beforeunload', stay);
  }, [isReading]);
  // In the gallery they can be seen to be there.
  const isSeen = end !== null && totals.failed === 0 && pathname === '/gallery';
  useEffect(() => {
    if (isSeen) list.clear(new Set(items.map(({ id }) => id)));
  }, [isSeen, list, items]);

  if (items.length === 0 || isSeen) return null;
  const isOver = end !== null;
  const isBytes = !isOver && totals.bytes > 0;
  // What went wrong first; what is saved is of no concern and stays in the count.
  const shown = [
    ...items.filter(({ state }) => state === 'failed'),
    ...items.filter((item) => !isSettled(item)),
  ];

  function close() {
    for (const { order } of items) if (order !== null) list.discard(order);
    list.clear(new Set(items.filter(isSettled).map(({ id }) => id)));
  }

  return (
    <section
      aria-label="Files being added"
      className="bg-raised border-line shadow-float rounded-panel motion-safe:animate-rise fixed right-4 bottom-20 z-30 w-[min(22rem,calc(100vw-2rem))] border md:bottom-4"
    >
      <div className="flex items-center gap-2 py-1.5 pr-1.5 pl-4">
        {isOver && totals.failed === 0 ? <Check aria-hidden className="text-ok size-4" /> : null}
        {isOver && totals.failed > 0 ? <TriangleAlert aria-hidden className="text-danger size-4" /> : null}
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-medium tabular-nums">{trayTitle(totals)}</h2>
          {isBytes ? (
            <p className="text-quiet text-note tabular-nums">
              {isOnline ? '' : 'Waiting for the network: '}
              {byteSize(totals.sent)} of {byteSize(totals.bytes)}
            </p>
          ) : null}
        </div>
        {isOver && pathname !== '/gallery' && totals.saved > 0 ? (
          <Link href="/gallery" className="text-accent-text touch:h-11 px-2 py-1 font-medium">
            View
          </Link>
        ) : null}
        {shown.length > 0 ? (
          <IconButton
            label={folded ? 'Show files' : 'Hide files'}
            icon={folded ? ChevronUp : ChevronDown}
            tipSide="left"
            onClick={() => setFolded(!folded)}
          />
        ) : null}
        {isOver ? <IconButton label="Close" icon={X} tipSide="left" onClick={close} /> : null}
      </div>
      {isBytes ? <Bar name="All files" sent={totals.sent} bytes={totals.bytes} /> : null}
      {folded || shown.length === 0 ? null : (
        <ul className="border-line flex max-h-[min(18rem,40dvh)] flex-col overflow-y-auto border-t py-1">
          {shown.map((item) => (
            <UploadRow key={item.id} item={item} list={list} isOnline={isOnline} />
          ))}
        </ul>
      )}
    </section>
  );
}

function UploadRow({ item, list, isOnline }: { item: UploadItem; list: UploadList; isOnline: boolean }) {
  const { id, name, order, canRetry, error, state } = item;
  const isOpen = state === 'reading' || state === 'waiting' || state === 'sending';
  return (
    <li className="py-1 pr-1.5 pl-4">
      <div className="flex items-center gap-1">
        <div className="min-w-0 flex-1">
          <p className="truncate">{name || 'A file'}</p>
          <p className={`text-note tabular-nums ${error ? 'text-danger' : 'text-quiet'}`}>
            {error ?? itemState(item, isOnline)}
          </p>
        </div>
        {order !== null && canRetry ? (
          <IconButton
            label={`Try ${name} again`}
            icon={RotateCw}
            tipSide="left"
            onClick={() => list.retry(order)}
          />
        ) : null}
        {isOpen ? (
          <IconButton label={`Cancel ${name}`} icon={X} tipSide="left" onClick={() => list.cancel(id)} />
        ) : null}
        {state === 'failed' ? (
          <IconButton
            label={`Leave ${name} out`}
            icon={X}
            tipSide="left"
            onClick={() => {
              if (order !== null) list.discard(order);
              list.clear(new Set([id]));
            }}
          />
        ) : null}
      </div>
      {state === 'sending' ? <Bar name={name} sent={item.sent} bytes={item.bytes} /> : null}
    </li>
  );
}

function Bar({ name, sent, bytes }: { name: string; sent: number; bytes: number }) {
  const part = bytes > 0 ? sent / bytes : 0;
  return (
    <div
      role="progressbar"
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(part * 100)}
      className="bg-hover mt-1 h-1 overflow-hidden rounded-full"
    >
      <div
        className="bg-accent h-full origin-left motion-safe:transition-transform"
        style={{ transform: `scaleX(${part})` }}
      />
    </div>
  );
}
