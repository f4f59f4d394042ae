import { useId, type ReactNode } from 'react';

/** One matter: what it is, and what can be done about it. */
export function Section({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: ReactNode;
  children?: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="border-line border-b py-7 last:border-0">
      <h2 id={id} className="text-lead font-medium">
        {title}
      </h2>
      {lead ? <p className="text-quiet mt-1 max-w-prose text-pretty wrap-anywhere">{lead}</p> : null}
      {children ? <div className="mt-4">{children}</div> : null}
    </section>
  );
}
