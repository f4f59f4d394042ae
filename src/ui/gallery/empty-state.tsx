import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Kind } from '#core/settings.ts';
import { Button, buttonClass } from '../kit/button.tsx';
import { trashNote, type View } from './views.ts';

/** A page that has nothing to list. */
export function Frame({ title, note, children }: { title: string; note?: string; children?: ReactNode }) {
  return (
    <div className="flex min-h-[70dvh] flex-col items-center justify-center gap-2 px-6 text-center">
      <div aria-hidden className="mb-5 flex items-end gap-1.5">
        <span className="border-line-strong h-14 w-11 rounded-lg border" />
        <span className="border-line-strong h-14 w-20 rounded-lg border" />
        <span className="border-line-strong h-14 w-14 rounded-lg border" />
      </div>
      <p className="text-lead font-medium">{title}</p>
      {note ? <p className="text-quiet max-w-[44ch]">{note}</p> : null}
      <div className="mt-4">{children}</div>
    </div>
  );
}

/** One thing to say and one thing to do. */
export function EmptyState({
  view,
  kind,
  trashDays,
  onClearKind,
}: {
  view: View;
  kind: Kind | undefined;
  trashDays: number | undefined;
  onClearKind: () => void;
}) {
  if (kind) {
    return (
      <Frame title={kind === 'video' ? 'No videos here' : 'No images here'}>
        <Button onClick={onClearKind}>Show all</Button>
      </Frame>
    );
  }
  if (view === 'starred') return <Frame title="No stars yet" note="Press S on anything to find it here." />;
  if (view === 'collection') {
    return (
      <Frame
        title="Nothing in here yet"
        note="Press L on anything in the gallery to put it into a collection."
      >
        <Link href="/gallery" className={buttonClass('plain')}>
          Go to the gallery
        </Link>
      </Frame>
    );
  }
  if (view === 'trash') return <Frame title="The trash is empty" note={trashNote(trashDays)} />;
  return (
    <Frame
      title="Nothing here yet"
      note="What you make is kept here. Images and videos can also be dropped in, or pasted as links."
    >
      <div className="flex flex-wrap justify-center gap-2">
        <Link href="/" className={buttonClass('primary')}>
          Create
        </Link>
        <Link href="/import" className={buttonClass('plain')}>
          Bring in a history
        </Link>
      </div>
    </Frame>
  );
}

/** A list that could not be fetched; it says nothing about what the library holds. */
export function FailedState({ message, onRetry }: { message: string | null; onRetry: () => void }) {
  return (
    <div
      role="alert"
      className="flex min-h-[70dvh] flex-col items-center justify-center gap-2 px-6 text-center"
    >
      <p className="text-lead font-medium">The gallery could not be loaded</p>
      <p className="text-quiet max-w-[44ch]">{message ?? 'Your pictures are kept on the server.'}</p>
      <Button className="mt-4" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}

const SHAPES = [1, 1.5, 0.75, 1.78, 1.02, 0.67, 1.33, 0.98, 1.8, 0.8, 1.48, 1.1];

/** The shape of what is coming; it shows only when that takes a moment. */
export function LoadingState() {
  return (
    <div
      role="status"
      aria-label="Loading"
      className="flex flex-wrap gap-1.5 overflow-hidden pt-13 opacity-0 [animation:rise_200ms_300ms_forwards_reverse]"
    >
      {SHAPES.map((ratio) => (
        <div key={ratio} className="bg-sunken rounded-tile h-44 grow" style={{ width: 150 * ratio }} />
      ))}
    </div>
  );
}
