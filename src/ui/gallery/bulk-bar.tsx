'use client';
import { FolderMinus, FolderPlus, RotateCcw, Star, Trash2, X } from 'lucide-react';
import { Button, IconButton } from '../kit/button.tsx';
import type { View } from './views.ts';

export function BulkBar({
  view,
  count,
  allStarred,
  onAll,
  onStar,
  onCollect,
  onTakeOut,
  onTrash,
  onRestore,
  onPurge,
  onClear,
}: {
  view: View;
  count: number;
  allStarred: boolean;
  onAll: () => void;
  onStar: () => void;
  onCollect: () => void;
  /** In the view of a collection. */
  onTakeOut?: (() => void) | undefined;
  onTrash: () => void;
  onRestore: () => void;
  onPurge: () => void;
  onClear: () => void;
}) {
  const none = count === 0;
  return (
    <div role="toolbar" aria-label="Selection" className="flex items-center gap-0.5">
      <IconButton label="Let go of the selection" icon={X} onClick={onClear} />
      <p role="status" className="mr-1 px-1 whitespace-nowrap tabular-nums">
        {count.toLocaleString('en')} selected
      </p>
      <Button variant="ghost" className="max-sm:hidden" onClick={onAll}>
        All
      </Button>
      {view === 'trash' ? (
        <IconButton label="Restore" icon={RotateCcw} disabled={none} onClick={onRestore} />
      ) : (
        <>
          <IconButton
            label={allStarred ? 'Remove star' : 'Star'}
            icon={Star}
            filled={allStarred && !none}
            disabled={none}
            onClick={onStar}
          />
          <IconButton label="Add to collection" icon={FolderPlus} disabled={none} onClick={onCollect} />
          {onTakeOut ? (
            <IconButton
              label="Take out of this collection"
              icon={FolderMinus}
              disabled={none}
              tipSide="left"
              onClick={onTakeOut}
            />
          ) : null}
          <IconButton label="Move to trash" icon={Trash2} disabled={none} tipSide="left" onClick={onTrash} />
        </>
      )}
      {view === 'trash' ? (
        <Button variant="ghost" className="text-danger" disabled={none} onClick={onPurge}>
          Delete for good
        </Button>
      ) : null}
    </div>
  );
}
