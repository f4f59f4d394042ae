import type { ReactNode } from 'react';

/** Floats over the head of the grid, and steps aside while a person scrolls down, unless the focus is in it. */
export function FloatingBar({ hidden, children }: { hidden: boolean; children: ReactNode }) {
  return (
    <div
      className={`bg-raised/95 border-line fixed top-1.5 right-2 z-30 rounded-[10px] border p-0.5 backdrop-blur-md transition-[opacity,translate] focus-within:translate-y-0 focus-within:opacity-100 md:right-12 ${hidden ? '-translate-y-16 opacity-0' : ''}`}
    >
      {children}
    </div>
  );
}
