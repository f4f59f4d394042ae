import type { ReactNode } from 'react';
import { Mark } from '../shell/mark.tsx';

/** A quiet page around one question. Its own links are plain, see `app/not-found.tsx`. */
export function AccountFrame({
  title,
  lead,
  wide = false,
  children,
}: {
  title: string;
  lead?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <main tabIndex={-1} className="flex min-h-dvh flex-col items-center px-5 pt-[12vh] pb-16 outline-none">
      <div className={`w-full ${wide ? 'max-w-xl' : 'max-w-[22.5rem]'}`}>
        <a href="/" className="inline-flex items-center gap-2.5 rounded-lg font-medium tracking-tight">
          <Mark className="size-7" />
          Afterimage
        </a>
        <h1 className="text-title mt-8 font-medium text-balance">{title}</h1>
        {lead ? <p className="text-quiet mt-2 text-pretty">{lead}</p> : null}
        <div className="mt-6">{children}</div>
      </div>
    </main>
  );
}
