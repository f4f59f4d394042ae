import type { ReactNode } from 'react';

const TONES = {
  danger: 'border-danger text-danger',
  ok: 'border-ok',
  quiet: 'border-line-strong text-quiet',
} as const;

/** What happened, what was kept, what to do: read out as soon as it appears. */
export function Alert({ tone = 'danger', children }: { tone?: keyof typeof TONES; children: ReactNode }) {
  return (
    <div role="alert" className={`bg-raised rounded-lg border px-3 py-2.5 ${TONES[tone]}`}>
      {children}
    </div>
  );
}
