'use client';
import { Pause, Play } from 'lucide-react';
import { useEffect, useImperativeHandle, useRef, useState, type Ref } from 'react';
import type { Media } from '#core/media.ts';
import { describeMedia } from '../gallery/picture.tsx';
import { blurOf } from '../gallery/blur.ts';
import { IconButton } from '../kit/button.tsx';
import { PICTURE } from './morph.ts';
import { roomIn, useZoom, type Zoom } from './use-zoom.ts';
import { fitted } from './zoom.ts';

/** Types whose first frame is all that a rendition holds. */
const MOVING: ReadonlySet<string> = new Set(['image/gif', 'image/webp', 'image/avif']);

export type Stage = Zoom & {
  /** Does nothing where there is no clip. */
  playOrPause: () => void;
};

/** One picture or clip in the middle of the stage. Mounted anew for each item. */
export function ViewerStage({
  media,
  ref,
  onStep,
}: {
  media: Media;
  ref: Ref<Stage>;
  onStep: (step: 1 | -1) => void;
}) {
  const { stage, target, zoom } = useZoom(media, onStep);
  const clip = useRef<HTMLVideoElement>(null);
  const [plays, setPlays] = useState(false);
  const playOrPause = () => {
    if (!clip.current?.paused) clip.current?.pause();
    // What cannot be played says so by its error event.
    else clip.current.play().catch(() => {});
  };
  useImperativeHandle(ref, () => ({ ...zoom, playOrPause }));
  const [room, setRoom] = useState<{ width: number; height: number } | null>(null);
  useEffect(() => {
    const area = stage.current;
    if (!area) return;
    const observer = new ResizeObserver(() =>
      setRoom(roomIn({ width: area.clientWidth, height: area.clientHeight })),
    );
    observer.observe(area);
    return () => observer.disconnect();
  }, [stage]);

  const uploaded = media.origin !== 'generated' && MOVING.has(media.mime);
  const still = uploaded ? media.urls.original : (media.urls.preview ?? media.urls.original);
  const [failed, setFailed] = useState<string | null>(null);
  const blur = blurOf(media.thumbhash);
  /** The finest that was drawn. What is coarser must not lie beneath it: a picture may be see-through. */
  const [finest, setFinest] = useState<string | null>(null);
  const noteDrawn = async (image: HTMLImageElement) => {
    // One that cannot be decoded has told so by its error event, or is drawn as far as it goes.
    await image.decode().catch(() => {});
    setFinest(image.getAttribute('src'));
  };
  const { original, thumb } = media.urls;
  const isSharp = finest === original && still !== original;
  // Before the stage is measured, CSS alone fits the picture, so that the first frame is right.
  const size = room ? fitted(media, room) : null;

  return (
    <div
      ref={stage}
      className={`absolute inset-0 flex touch-none items-center justify-center overflow-hidden ${zoom.zoomed ? 'cursor-grab active:cursor-grabbing' : ''}`}
    >
      <div
        ref={target}
        className={`relative bg-cover bg-center ${finest === null || blur.isOpaque ? '' : 'checker'}`}
        style={{
          viewTransitionName: PICTURE,
          backgroundImage: blur.url && finest === null ? `url(${blur.url})` : undefined,
          aspectRatio: `${media.width} / ${media.height}`,
          width: size
            ? size.width
            : `min(100%, ${media.width}px, calc((100dvh - 120px) * ${media.width / media.height}))`,
        }}
      >
        {media.kind === 'video' ? (
          // oxlint-disable-next-line jsx-a11y/media-has-caption -- generated clips have no speech
          <video
            ref={clip}
            src={media.urls.original}
            poster={media.urls.poster ?? media.urls.preview}
            aria-label={describeMedia(media)}
            controls
            loop
            autoPlay={!matchMedia('(prefers-reduced-motion: reduce)').matches}
            muted
            playsInline
            onLoadedData={() => setFinest(original)}
            onPlay={() => setPlays(true)}
            onPause={() => setPlays(false)}
            onError={() => setFailed('This clip cannot be played right now.')}
            className="absolute inset-0 size-full"
          />
        ) : (
          <>
            {thumb && finest === null ? (
              <img src={thumb} alt="" aria-hidden draggable={false} className="absolute inset-0 size-full" />
            ) : null}
            <img
              src={still}
              alt={isSharp ? '' : describeMedia(media)}
              aria-hidden={isSharp}
              draggable={false}
              onLoad={({ currentTarget }) => void noteDrawn(currentTarget)}
              onError={() => setFailed('This picture cannot be loaded right now.')}
              className={`absolute inset-0 size-full ${failed || isSharp ? 'opacity-0' : ''}`}
            />
            {(zoom.zoomed || isSharp) && still !== original ? (
              <img
                src={original}
                alt={isSharp ? describeMedia(media) : ''}
                aria-hidden={!isSharp}
                draggable={false}
                onLoad={({ currentTarget }) => void noteDrawn(currentTarget)}
                className="absolute inset-0 size-full"
              />
            ) : null}
          </>
        )}
      </div>
      {media.kind === 'video' && !failed ? (
        // The browser's own controls are seen under a pointer alone.
        <div className="bg-surface/70 absolute bottom-2 rounded-lg backdrop-blur-sm">
          <IconButton
            label={plays ? 'Pause' : 'Play'}
            icon={plays ? Pause : Play}
            tipSide="top"
            onClick={playOrPause}
          />
        </div>
      ) : null}
      {failed ? (
        <p role="alert" className="bg-scrim text-on-scrim absolute bottom-6 rounded-lg px-3 py-2">
          {failed}
        </p>
      ) : null}
    </div>
  );
}
