'use client';
import { ChevronDown, type LucideIcon } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import type { Choice } from './choice.ts';
import { lazyPart } from './lazy-part.tsx';

const menu = lazyPart(() => import('./choice-menu.tsx').then((module) => module.ChoiceMenu));

export const CHIP =
  'border-line hover:bg-hover touch:h-11 inline-flex h-8 shrink-0 items-center gap-1.5 rounded-lg border px-2.5 text-body whitespace-nowrap transition-colors';

/** A quiet chip that opens a menu of choices. The menu's code comes when a person reaches for it. */
export function ChoiceChip({
  label,
  icon: Icon,
  mark,
  value,
  text,
  choices,
  onChoose,
}: {
  label: string;
  icon?: LucideIcon;
  mark?: ReactNode;
  value: string;
  text: string;
  choices: readonly Choice[];
  onChoose: (value: string) => void;
}) {
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={`${label}: ${text}`}
        className={`${CHIP} ${open ? 'bg-hover' : ''}`}
        onPointerEnter={menu.preload}
        onFocus={menu.preload}
        onClick={() => {
          setWanted(true);
          setOpen(!open);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          setWanted(true);
          setOpen(true);
        }}
      >
        {Icon ? <Icon aria-hidden className="text-quiet size-4" strokeWidth={1.75} /> : null}
        {mark}
        {text}
        <ChevronDown aria-hidden className="text-quiet -mr-0.5 size-3.5" />
      </button>
      {wanted ? (
        <menu.Part
          anchor={button}
          label={label}
          open={open}
          onOpenChange={setOpen}
          value={value}
          choices={choices}
          onChoose={onChoose}
        />
      ) : null}
    </>
  );
}
