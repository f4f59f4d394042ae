import { Film } from 'lucide-react';
import type { SyntheticEvent } from 'react';
import { nameOf } from '#core/media-name.ts';
import type { Media } from '#core/media.ts';
import { blurOf } from './blur.ts';

/** Longest edges of the renditions, in pixels. */
const THUMB = 384;
const PREVIEW = 1280;

const scaledWidth = (media: Media, edge: number) =>
  Math.round(media.width * Math.min(1, edge / Math.max(media.width, media.height)));

export const describeMedia = (media: Media) =>
  nameOf(media) ?? (media.kind === 'video' ? 'Video without a name' : 'Picture without a name');

const markLoaded = (event: SyntheticEvent<HTMLImageElement>) => (event.currentTarget.dataset.loaded = '');

/** The still of a media item over its blur, and then over a ground that shows through it; filling its box. `width` is the box's, in CSS pixels. */
export function Picture({
  media,
  width,
  eager = false,
  blurOnly = false,
  className = '',
}: {
  media: Media;
  width: number;
  eager?: boolean;
  /** Asks for no file. */
  blurOnly?: boolean;
  className?: string;
}) {
  const { thumb, preview, poster, original } = media.urls;
  const source = thumb ?? preview ?? poster ?? (media.kind === 'image' ? original : undefined);
  const blur = blurOf(media.thumbhash);
  return (
    <span
      className={`bg-sunken relative isolate block size-full overflow-hidden bg-cover bg-center ${className}`}
      style={blur.url ? { backgroundImage: `url(${blur.url})` } : undefined}
    >
      {blurOnly ? null : source ? (
        <>
          <img
            ref={(image) => {
              if (image?.complete && image.naturalWidth > 0) image.dataset.loaded = '';
            }}
            src={source}
            srcSet={
              thumb && preview
                ? `${thumb} ${scaledWidth(media, THUMB)}w, ${preview} ${scaledWidth(media, PREVIEW)}w`
                : undefined
            }
            sizes={`${Math.ceil(width)}px`}
            alt={describeMedia(media)}
            loading={eager ? 'eager' : 'lazy'}
            decoding="async"
            draggable={false}
            onLoad={markLoaded}
            className="peer size-full object-cover opacity-0 transition-opacity data-loaded:opacity-100"
          />
          {blur.isOpaque ? null : (
            <span className="checker absolute inset-0 -z-1 opacity-0 transition-opacity peer-data-loaded:opacity-100" />
          )}
        </>
      ) : (
        <span className="text-quiet flex size-full items-center justify-center">
          <Film aria-hidden className="size-6" strokeWidth={1.5} />
          <span className="sr-only">{describeMedia(media)}</span>
        </span>
      )}
    </span>
  );
}
