'use client';
import { Ban, Play, RotateCw, Trash2, TriangleAlert } from 'lucide-react';
import { useMedia } from '#client/use-gallery.ts';
import type { MediaId } from '#core/media.ts';
import { clockTime } from '../gallery/duration.ts';
import { describeMedia, Picture } from '../gallery/picture.tsx';
import { openViewer } from '../viewer/viewer-path.ts';
import { isWaiting, stageOf, type ResultGroup, type ResultOutput } from './result-groups.ts';

const BOX = 'rounded-tile relative block size-full overflow-hidden';

function Waiting({ group, time }: { group: ResultGroup; time: string }) {
  return (
    <div className={`${BOX} bg-sunken border-line border`}>
      <div className="bg-hover motion-safe:animate-wait absolute inset-0" />
      <p className="text-quiet text-note absolute inset-x-0 bottom-0 flex justify-between gap-2 px-3 py-2.5 tabular-nums">
        <span>{stageOf(group)}</span>
        <span>{time}</span>
      </p>
    </div>
  );
}

function Message({
  icon: Icon,
  text,
  tone = 'text-quiet',
  children,
}: {
  icon: typeof Ban;
  text: string;
  tone?: string;
  children?: React.ReactNode;
}) {
  return (
    <div
      className={`${BOX} border-line-strong flex flex-col items-center justify-center gap-2 border border-dashed p-3 text-center`}
    >
      <Icon aria-hidden className={`size-5 ${tone}`} strokeWidth={1.75} />
      <p className="line-clamp-3 text-balance">{text}</p>
      {children}
    </div>
  );
}

function Saved({ id, width, group, time }: { id: MediaId; width: number; group: ResultGroup; time: string }) {
  const { media, status } = useMedia(id);
  if (!media) {
    if (status === 'loading') return <Waiting group={group} time={time} />;
    return status === 'missing' ? (
      <Message icon={Trash2} text="Deleted" />
    ) : (
      <Message icon={TriangleAlert} text="Saved, but it cannot be shown right now" />
    );
  }
  if (media.trashedAt) return <Message icon={Trash2} text="In the trash" />;
  return (
    <button
      type="button"
      data-media-id={media.id}
      aria-label={`Open: ${describeMedia(media)}`}
      className={`${BOX} group/tile`}
      onClick={(event) => openViewer(media.id, event.currentTarget)}
    >
      <Picture media={media} width={width} eager />
      {media.kind === 'video' ? (
        <span className="bg-scrim text-on-scrim text-note absolute bottom-2 left-2 flex items-center gap-1 rounded-md px-1.5 py-0.5 tabular-nums">
          <Play aria-hidden className="size-3" fill="currentColor" />
          {media.durationMs === null ? 'Video' : clockTime(media.durationMs)}
        </span>
      ) : null}
    </button>
  );
}

/** One output, from its placeholder to its picture, in a box that never changes its size. */
export function OutputTile({
  group,
  output,
  time,
  width,
  onRetry,
}: {
  group: ResultGroup;
  output: ResultOutput;
  time: string;
  /** Of the box, about, in CSS pixels. */
  width: number;
  onRetry: (output: ResultOutput) => void;
}) {
  if (output.state === 'saved' && output.mediaId) {
    return <Saved id={output.mediaId} width={width} group={group} time={time} />;
  }
  if (
    output.state === 'failed' ||
    (output.state === 'waiting' && !isWaiting(group) && group.status !== 'cancelled')
  ) {
    return (
      <Message
        icon={TriangleAlert}
        tone="text-danger"
        text={output.error?.message ?? 'This one was not made.'}
      >
        <button
          type="button"
          className="border-line-strong hover:bg-hover touch:h-11 mt-1 inline-flex h-8 items-center gap-1.5 rounded-lg border px-2.5"
          onClick={() => onRetry(output)}
        >
          <RotateCw aria-hidden className="size-3.5" />
          Retry
        </button>
      </Message>
    );
  }
  if (output.state === 'cancelled' || group.status === 'cancelled')
    return <Message icon={Ban} text="Cancelled" />;
  return <Waiting group={group} time={time} />;
}
