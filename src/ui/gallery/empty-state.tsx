'use client';
import Link from 'next/link';
import { useGallery } from '#client/use-gallery.ts';
import type { Kind } from '#core/settings.ts';
import { Button, buttonClass } from '../kit/button.tsx';
import { Frame } from '../kit/frame.tsx';
import { filterOf, trashNote, type View } from './views.ts';

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
  return <EmptyGallery />;
}

/** What a guest left alone for long is in the trash: an empty gallery must not look as if nothing had ever been made. */
function EmptyGallery() {
  const { items, hasMore } = useGallery(filterOf('trash', undefined));
  if (items.length > 0) {
    const count = `${items.length.toLocaleString('en')}${hasMore ? ' and more' : ''}`;
    return (
      <Frame
        title={`Nothing here, and ${count} in the trash`}
        note="What is in the trash can be restored. What guests have not looked at for a long time goes there first."
      >
        <div className="flex flex-wrap justify-center gap-2">
          <Link href="/trash" className={buttonClass('primary')}>
            Look into the trash
          </Link>
          <Link href="/" className={buttonClass('plain')}>
            Create
          </Link>
        </div>
      </Frame>
    );
  }
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
