'use client';
import type { MediaId } from '#core/media.ts';
import { useMediaAtHand } from '#client/use-gallery.ts';
import { Picture } from '../gallery/picture.tsx';
import { openViewer } from '../viewer/viewer-path.ts';

/** In CSS pixels. */
const EDGE = 44;

/** One picture of a generation, which opens it. Nothing when this device does not hold its record. */
export function Still({ id, label }: { id: MediaId; label: string }) {
  const media = useMediaAtHand(id);
  if (!media) return null;
  return (
    <button
      type="button"
      aria-label={label}
      className="rounded-tile size-11 overflow-hidden"
      onClick={({ currentTarget }) => openViewer(id, currentTarget)}
    >
      <Picture media={media} width={EDGE} />
    </button>
  );
}
