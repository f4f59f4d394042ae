import { Play } from 'lucide-react';
import type { ClaimPreview } from '#core/claim.ts';
import { blurOf } from '../gallery/blur.ts';

/** The newest of what would come along, so that nobody has to guess. */
export function ClaimThumbs({ thumbs, total }: { thumbs: ClaimPreview['thumbs']; total: number }) {
  if (thumbs.length === 0) return null;
  const more = total - thumbs.length;
  return (
    <ul aria-label="The newest of them" className="grid grid-cols-4 gap-1.5">
      {thumbs.map(({ id, kind, image, thumbhash }, index) => {
        const { url, isOpaque } = blurOf(thumbhash);
        const src = image ?? url;
        const isLast = index === thumbs.length - 1;
        return (
          <li
            key={id}
            className={`${image && !isOpaque ? 'checker' : 'bg-sunken'} rounded-tile relative aspect-square overflow-hidden`}
          >
            {src ? <img src={src} alt="" className="size-full object-cover" /> : null}
            {kind === 'video' ? (
              <Play
                aria-label="Video"
                className="absolute right-1.5 bottom-1.5 size-4 text-on-scrim drop-shadow"
              />
            ) : null}
            {isLast && more > 0 ? (
              <span className="bg-scrim text-on-scrim absolute inset-0 flex items-center justify-center font-medium tabular-nums">
                +{more.toLocaleString('en')}
              </span>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
