'use client';
import { Menu } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { RefObject } from 'react';
import type { Choice } from './choice.ts';
import { FLOATING } from './surface.ts';

export function ChoiceMenu({
  anchor,
  label,
  open,
  onOpenChange,
  value,
  choices,
  onChoose,
}: {
  anchor: RefObject<HTMLButtonElement | null>;
  label: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  value: string;
  choices: readonly Choice[];
  onChoose: (value: string) => void;
}) {
  return (
    <Menu.Root
      open={open}
      modal={false}
      onOpenChange={(next, details) => {
        // The chip itself toggles the menu: a press on it is not a press outside.
        const target = details.event.target;
        if (!next && target instanceof Node && anchor.current?.contains(target)) return;
        onOpenChange(next);
      }}
    >
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} sideOffset={6} align="start" className="z-50">
          <Menu.Popup
            aria-label={label}
            finalFocus={anchor}
            className={`${FLOATING} max-h-(--available-height) min-w-44 overflow-y-auto p-1`}
          >
            <Menu.RadioGroup value={value} onValueChange={onChoose}>
              {choices.map((choice) => (
                <Menu.RadioItem
                  key={choice.value}
                  value={choice.value}
                  closeOnClick
                  label={choice.label}
                  className="data-highlighted:bg-hover touch:min-h-11 flex min-h-9 cursor-default items-center gap-2.5 rounded-lg px-2.5 py-1.5 outline-none"
                >
                  {choice.mark}
                  <span className="flex-1">
                    {choice.label}
                    {choice.note ? <span className="text-quiet text-note block">{choice.note}</span> : null}
                  </span>
                  <Menu.RadioItemIndicator className="text-accent-text">
                    <Check aria-hidden className="size-4" />
                  </Menu.RadioItemIndicator>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
