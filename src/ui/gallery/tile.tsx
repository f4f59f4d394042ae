'use client';
import { Check, CloudUpload, Download, Play, RotateCcw, Star, Trash2, type LucideIcon } from 'lucide-react';
import { memo, useEffect, useState } from 'react';
import { nameOf } from '#core/media-name.ts';
import type { Media } from '#core/media.ts';
import { clockTime } from './duration.ts';
import { Picture } from './picture.tsx';

/** What a press inside a tile means; the grid listens for all of them in one place. */
export type TileAction = 'select' | 'star' | 'trash' | 'download' | 'restore' | 'purge';

function Act({
  action,
  label,
  icon: Icon,
  tabbable,
  filled = false,
}: {
  action: TileAction;
  label: string;
  icon: LucideIcon;
  tabbable: boolean;
  filled?: boolean;
}) {
  return (
    <button
      type="button"
      data-action={action}
      aria-label={label}
      title={label}
      tabIndex={tabbable ? 0 : -1}
      className="bg-scrim text-on-scrim hover:bg-accent focus-visible:outline-on-scrim flex size-8 items-center justify-center rounded-lg transition-colors focus-visible:-outline-offset-2"
    >
      <Icon aria-hidden className="size-4" strokeWidth={1.75} fill={filled ? 'currentColor' : 'none'} />
    </button>
  );
}

function HoverClip({ src }: { src: string }) {
  const [play, setPlay] = useState(false);
  useEffect(() => {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const timer = setTimeout(() => setPlay(true), 140);
    return () => clearTimeout(timer);
  }, []);
  return play ? (
    // oxlint-disable-next-line jsx-a11y/media-has-caption -- a muted preview without sound
    <video
      src={src}
      muted
      loop
      autoPlay
      playsInline
      aria-hidden
      className="absolute inset-0 size-full object-cover"
    />
  ) : null;
}

/** Boxes over the picture that show when it is pointed at or has the focus. */
function TileControls({
  media,
  selected,
  selecting,
  tabbable,
  roomy,
}: {
  media: Media;
  selected: boolean;
  selecting: boolean;
  tabbable: boolean;
  roomy: boolean;
}) {
  return (
    <>
      <button
        type="button"
        data-action="select"
        aria-label={selected ? 'Deselect' : 'Select'}
        aria-pressed={selected}
        tabIndex={-1}
        className={`absolute top-1.5 left-1.5 flex size-7 items-center justify-center rounded-full border-2 transition-opacity ${
          selected
            ? 'bg-accent text-on-accent border-on-accent'
            : `border-on-scrim bg-scrim text-transparent ${selecting ? '' : 'opacity-0 group-focus-visible/tile:opacity-100 group-focus-within/tile:opacity-100 can-hover:group-hover/tile:opacity-100'} ${selecting ? '' : 'touch:hidden'}`
        }`}
      >
        <Check aria-hidden className="size-4" strokeWidth={2.5} />
      </button>
      {selecting ? null : (
        <div className="absolute top-1.5 right-1.5 flex gap-1 opacity-0 transition-opacity group-focus-within/tile:opacity-100 group-focus-visible/tile:opacity-100 can-hover:group-hover/tile:opacity-100 touch:hidden">
          {media.trashedAt !== null ? (
            <>
              <Act action="restore" label="Restore" icon={RotateCcw} tabbable={tabbable} />
              <Act action="purge" label="Delete for good" icon={Trash2} tabbable={tabbable} />
            </>
          ) : (
            <>
              <Act
                action="star"
                label={media.starred ? 'Remove star' : 'Star'}
                icon={Star}
                filled={media.starred}
                tabbable={tabbable}
              />
              {roomy ? <Act action="download" label="Download" icon={Download} tabbable={tabbable} /> : null}
              <Act action="trash" label="Move to trash" icon={Trash2} tabbable={tabbable} />
            </>
          )}
        </div>
      )}
    </>
  );
}

/** One item of the grid. It holds no callback: what is pressed in it is told by `data-action`. */
export const Tile = memo(function Tile({
  media,
  index,
  width,
  height,
  selected,
  selecting,
  tabStop,
  pending,
  isFlying,
}: {
  media: Media;
  index: number;
  width: number;
  height: number;
  selected: boolean;
  selecting: boolean;
  tabStop: boolean;
  pending: boolean;
  /** What passes by too fast to be looked at is its blur alone, unless it was there before. */
  isFlying: boolean;
}) {
  const [wasSeen, setSeen] = useState(!isFlying);
  if (!isFlying && !wasSeen) setSeen(true);
  const [over, setOver] = useState(false);
  const name = media.prompt || nameOf(media);
  return (
    <div
      role="gridcell"
      aria-selected={selected}
      tabIndex={tabStop ? 0 : -1}
      data-media-id={media.id}
      data-index={index}
      style={{ width, height }}
      onPointerEnter={(event) => {
        if (event.pointerType === 'mouse') setOver(true);
      }}
      onPointerLeave={() => setOver(false)}
      className="group/tile focus-visible:outline-accent-text relative shrink-0 cursor-pointer rounded-tile outline-offset-1 select-none focus-visible:z-10"
    >
      <div
        className={`rounded-tile relative size-full overflow-hidden transition-transform ${selected ? 'scale-[0.93]' : ''}`}
      >
        <Picture media={media} width={width} blurOnly={!wasSeen} />
        {media.kind === 'video' && over ? <HoverClip src={media.urls.original} /> : null}
        <div className="pointer-events-none absolute inset-0 opacity-0 transition-opacity group-focus-within/tile:opacity-100 group-focus-visible/tile:opacity-100 can-hover:group-hover/tile:opacity-100">
          {name && height >= 110 && !selecting ? (
            <p className="text-on-scrim text-note absolute inset-x-0 bottom-0 bg-linear-to-t from-scrim via-scrim to-transparent px-2.5 pt-7 pb-2 max-sm:hidden">
              <span
                className={`line-clamp-2 ${media.kind === 'video' ? 'pl-14' : ''} ${media.starred ? 'pr-6' : ''}`}
              >
                {name}
              </span>
            </p>
          ) : null}
        </div>
        <div className="text-on-scrim text-note pointer-events-none absolute bottom-1.5 left-1.5 flex items-center gap-1">
          {media.kind === 'video' ? (
            <span className="bg-scrim flex items-center gap-1 rounded-md px-1.5 py-0.5 tabular-nums">
              <Play aria-hidden className="size-3" fill="currentColor" />
              {media.durationMs === null ? 'Video' : clockTime(media.durationMs)}
            </span>
          ) : null}
          {pending ? (
            <span
              className="bg-scrim flex items-center rounded-md p-1"
              title="Waiting to be saved on the server"
            >
              <CloudUpload aria-hidden className="size-3.5" />
              <span className="sr-only">Waiting to be saved on the server</span>
            </span>
          ) : null}
        </div>
        {media.starred ? (
          <span className="bg-scrim text-on-scrim pointer-events-none absolute right-1.5 bottom-1.5 rounded-md p-1">
            <Star aria-hidden className="size-3" fill="currentColor" />
            <span className="sr-only">Starred</span>
          </span>
        ) : null}
      </div>
      {wasSeen ? (
        <TileControls
          media={media}
          selected={selected}
          selecting={selecting}
          tabbable={tabStop}
          roomy={width >= 132}
        />
      ) : null}
    </div>
  );
});
