'use client';
import { Download, FolderPlus, Info, RotateCcw, Star, Trash2 } from 'lucide-react';
import type { Media } from '#core/media.ts';
import { downloadMedia } from '../gallery/media-commands.ts';
import { IconButton } from '../kit/button.tsx';

export function ViewerActions({
  media,
  infoOpen,
  onInfo,
  onStar,
  onCollect,
  onTrash,
  onRestore,
  onPurge,
}: {
  media: Media;
  infoOpen: boolean;
  onInfo: () => void;
  onStar: () => void;
  onCollect: () => void;
  onTrash: () => void;
  onRestore: () => void;
  onPurge: () => void;
}) {
  return (
    <div className="bg-surface/70 flex items-center rounded-lg backdrop-blur-sm">
      <IconButton
        label={media.starred ? 'Remove star' : 'Star'}
        icon={Star}
        filled={media.starred}
        aria-pressed={media.starred}
        onClick={onStar}
      />
      {media.trashedAt ? null : (
        <IconButton label="Add to collection" icon={FolderPlus} onClick={onCollect} />
      )}
      <IconButton label="Download original" icon={Download} onClick={() => downloadMedia([media])} />
      {media.trashedAt ? (
        <>
          <IconButton label="Restore" icon={RotateCcw} onClick={onRestore} />
          <IconButton label="Delete for good" icon={Trash2} onClick={onPurge} />
        </>
      ) : (
        <IconButton label="Move to trash" icon={Trash2} onClick={onTrash} />
      )}
      <IconButton
        label={infoOpen ? 'Hide details' : 'Details'}
        icon={Info}
        aria-pressed={infoOpen}
        tipSide="left"
        className={infoOpen ? 'bg-hover text-text' : ''}
        onClick={onInfo}
      />
    </div>
  );
}
