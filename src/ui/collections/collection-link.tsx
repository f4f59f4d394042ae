'use client';
import type { AnchorHTMLAttributes } from 'react';
import { openCollection, pathOf } from './collection-path.ts';

/** A link to one collection, or with an empty id to all, that needs no server. */
export function CollectionLink({
  to,
  children,
  ...rest
}: Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href' | 'onClick'> & { to: string }) {
  return (
    <a
      {...rest}
      href={pathOf(to)}
      onClick={(event) => {
        // A new tab or window is the browser's.
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        openCollection(to);
      }}
    >
      {children}
    </a>
  );
}
