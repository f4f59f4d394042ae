'use client';
import { Check, TriangleAlert } from 'lucide-react';
import type { UploadItem } from '#client/use-upload.ts';

const STATE: Record<UploadItem['state'], string> = {
  waiting: 'Waiting',
  sending: 'Sending',
  saving: 'Saving',
  saved: 'Saved',
  failed: 'Not saved',
};

/** What is on its way to the server. It shows while something is, and for as long as something failed. */
export function UploadTray({ items }: { items: readonly UploadItem[] }) {
  const active = items.filter((item) => item.state !== 'saved');
  if (active.length === 0) return null;
  const saved = items.length - active.length;
  return (
    <section
      aria-label="Files being added"
      className="bg-raised border-line shadow-float rounded-panel motion-safe:animate-rise fixed right-4 bottom-20 z-30 w-[min(20rem,calc(100vw-2rem))] border p-3 md:bottom-4"
    >
      <p role="status" className="flex items-center gap-2 font-medium">
        {saved > 0 ? <Check aria-hidden className="text-ok size-4" /> : null}
        {saved.toLocaleString('en')} of {items.length.toLocaleString('en')} saved
      </p>
      <ul className="mt-2 flex max-h-56 flex-col gap-2.5 overflow-y-auto">
        {active.map((item) => (
          <li key={item.id}>
            <div className="flex items-center justify-between gap-3">
              <span className="truncate">{item.name}</span>
              <span
                className={`text-note shrink-0 tabular-nums ${item.state === 'failed' ? 'text-danger' : 'text-quiet'}`}
              >
                {STATE[item.state]}
              </span>
            </div>
            {item.error ? (
              <p className="text-danger text-note flex gap-1.5">
                <TriangleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
                {item.error}
              </p>
            ) : (
              <div
                role="progressbar"
                aria-label={item.name}
                aria-valuemin={0}
                aria-valuemax={100}
                aria-valuenow={item.progress === null ? undefined : Math.round(item.progress * 100)}
                className="bg-hover mt-1 h-1 overflow-hidden rounded-full"
              >
                <div
                  className="bg-accent h-full origin-left transition-transform"
                  style={{ transform: `scaleX(${item.progress ?? 0})` }}
                />
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
