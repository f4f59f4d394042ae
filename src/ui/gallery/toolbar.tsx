'use client';
import {
  CheckSquare,
  Images,
  Link2,
  Minus,
  Plus,
  Trash2,
  Upload,
  Video,
  Image as ImageIcon,
} from 'lucide-react';
import { useRef } from 'react';
import type { Kind } from '#core/settings.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { askForLink } from '../uploads/linking.ts';
import { ACCEPT, addFiles } from '../uploads/add-files.ts';
import { SIZES } from './views.ts';

const KINDS = [
  { value: undefined, label: 'All', icon: Images },
  { value: 'image', label: 'Images', icon: ImageIcon },
  { value: 'video', label: 'Videos', icon: Video },
] as const;

export function Toolbar({
  kind,
  onKind,
  size,
  onSize,
  onSelect,
  canUpload,
  onEmptyTrash,
  canSelect,
}: {
  kind: Kind | undefined;
  onKind: (kind: Kind | undefined) => void;
  size: number;
  onSize: (size: number) => void;
  onSelect: () => void;
  canUpload: boolean;
  onEmptyTrash?: () => void;
  canSelect: boolean;
}) {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <div role="toolbar" aria-label="View" className="flex items-center gap-0.5">
      <fieldset className="flex items-center">
        <legend className="sr-only">Kind</legend>
        {KINDS.map(({ value, label, icon: Icon }) => (
          <label
            key={label}
            className="text-quiet hover:text-text has-checked:bg-hover has-checked:text-text has-focus-visible:outline-accent-text touch:h-11 touch:min-w-11 flex h-9 cursor-pointer items-center justify-center gap-2 rounded-lg px-2.5 transition-colors has-focus-visible:outline-2"
          >
            <input
              type="radio"
              name="kind"
              className="sr-only"
              checked={kind === value}
              onChange={() => onKind(value)}
            />
            <Icon aria-hidden className="size-[18px] sm:hidden" strokeWidth={1.75} />
            <span className="max-sm:sr-only">{label}</span>
          </label>
        ))}
      </fieldset>
      <span aria-hidden className="bg-line mx-1 h-5 w-px" />
      <span className="flex max-sm:hidden">
        <IconButton label="Smaller" icon={Minus} disabled={size <= 0} onClick={() => onSize(size - 1)} />
        <IconButton
          label="Larger"
          icon={Plus}
          disabled={size >= SIZES.length - 1}
          onClick={() => onSize(size + 1)}
        />
      </span>
      {canUpload ? (
        <>
          <IconButton label="Add files" icon={Upload} onClick={() => picker.current?.click()} />
          <input
            ref={picker}
            type="file"
            multiple
            accept={ACCEPT}
            aria-label="Add files"
            tabIndex={-1}
            className="hidden"
            onChange={(event) => {
              void addFiles([...(event.target.files ?? [])]);
              event.target.value = '';
            }}
          />
        </>
      ) : null}
      {canUpload ? <IconButton label="Add by link" icon={Link2} onClick={() => askForLink(null)} /> : null}
      <IconButton label="Select" icon={CheckSquare} tipSide="left" disabled={!canSelect} onClick={onSelect} />
      {onEmptyTrash ? (
        <Button variant="ghost" disabled={!canSelect} onClick={onEmptyTrash}>
          <Trash2 aria-hidden className="size-4" />
          Empty trash
        </Button>
      ) : null}
    </div>
  );
}
