import type { ReactNode } from 'react';

/** A page that has nothing to list. */
export function Frame({ title, note, children }: { title: string; note?: string; children?: ReactNode }) {
  return (
    <div className="flex min-h-[70dvh] flex-col items-center justify-center gap-2 px-6 text-center">
      <div aria-hidden className="mb-5 flex items-end gap-1.5">
        <span className="border-line-strong h-14 w-11 rounded-lg border" />
        <span className="border-line-strong h-14 w-20 rounded-lg border" />
        <span className="border-line-strong h-14 w-14 rounded-lg border" />
      </div>
      <p className="text-lead font-medium">{title}</p>
      {note ? <p className="text-quiet max-w-[44ch]">{note}</p> : null}
      <div className="mt-4">{children}</div>
    </div>
  );
}
