'use client';
import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { IconButton } from '../kit/button.tsx';
import { BACKDROP, POPUP } from '../kit/surface.ts';

const GROUPS: { title: string; keys: [string, string][] }[] = [
  {
    title: 'Anywhere',
    keys: [
      ['g c', 'Create'],
      ['g g', 'Gallery'],
      ['g s', 'Starred'],
      ['g l', 'Collections'],
      ['g a', 'Activity'],
      ['g t', 'Trash'],
      ['Ctrl Z', 'Undo the last change'],
      ['?', 'This help'],
    ],
  },
  {
    title: 'Create',
    keys: [
      ['Ctrl Enter', 'Generate'],
      ['Alt Up, Down', 'Earlier prompts'],
      ['Tab', 'Take the suggestion'],
    ],
  },
  {
    title: 'Gallery',
    keys: [
      ['Arrows', 'Move'],
      ['Enter', 'Open'],
      ['Space', 'Select'],
      ['Shift arrows', 'Select a range'],
      ['Ctrl A', 'Select all that is loaded'],
      ['s', 'Star'],
      ['l', 'Add to collections'],
      ['d', 'Download'],
      ['Del', 'Move to trash'],
      ['Shift Del', 'Delete for good'],
      ['Esc', 'Let go of the selection'],
    ],
  },
  {
    title: 'Viewer',
    keys: [
      ['Left, Right', 'Previous, next'],
      ['+ - 0 f', 'Zoom in, out, fit, full size'],
      ['Space', 'Play, pause a video'],
      ['i', 'Details'],
      ['l', 'Add to collections'],
      ['c', 'Copy prompt'],
      ['Esc', 'Close'],
    ],
  },
];

export function ShortcutHelp({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className={BACKDROP} />
        <Dialog.Popup
          className={`${POPUP} max-h-[min(44rem,calc(100dvh-2rem))] w-[min(44rem,calc(100vw-2rem))] overflow-y-auto p-6`}
        >
          <div className="flex items-center justify-between">
            <Dialog.Title className="text-lead font-medium">Keys</Dialog.Title>
            <Dialog.Close render={<IconButton label="Close" icon={X} tipSide="left" />} />
          </div>
          <div className="mt-3 columns-1 gap-10 sm:columns-2">
            {GROUPS.map((group) => (
              <section key={group.title} className="mb-6 break-inside-avoid">
                <h3 className="text-quiet text-note mb-1.5">{group.title}</h3>
                <dl>
                  {group.keys.map(([keys, what]) => (
                    <div key={keys} className="flex items-center justify-between gap-4 py-1">
                      <dt>{what}</dt>
                      <dd>
                        <kbd className="border-line text-quiet text-note rounded-md border px-1.5 py-0.5 font-sans">
                          {keys}
                        </kbd>
                      </dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
