'use client';
import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import type { ImportRow } from '#client/use-import.ts';
import { LISTED, reasonOf } from './import-words.ts';

/** Every entry by what became of it; what went wrong is open, and nothing is left out. */
export function ImportRows({ rows }: { rows: readonly ImportRow[] }) {
  return (
    <div className="mt-8">
      {LISTED.map(({ label, states }) => {
        const listed = rows.filter(({ state }) => states.includes(state));
        if (listed.length === 0) return null;
        const isTrouble = states.some((state) => state !== 'here' && state !== 'saved' && state !== 'repeat');
        return (
          <details key={label} open={isTrouble} className="group border-line border-b py-1 last:border-0">
            <summary className="touch:min-h-11 flex min-h-10 cursor-pointer items-center gap-2 rounded-lg font-medium">
              <ChevronRight
                aria-hidden
                className="text-quiet size-4 transition-transform group-open:rotate-90"
              />
              {label}
              <span className="text-quiet ml-auto font-normal tabular-nums">
                {listed.length.toLocaleString('en')}
              </span>
            </summary>
            <ul className="pb-2">
              {listed.map((row) => (
                <Row key={row.index} row={row} />
              ))}
            </ul>
          </details>
        );
      })}
    </div>
  );
}

function Row({ row }: { row: ImportRow }) {
  const { index, name, link, id, trashed } = row;
  const reason = reasonOf(row);
  const canOpen = link !== null && /^https?:/.test(link);
  return (
    <li className="py-2 [contain-intrinsic-size:auto_3rem] [content-visibility:auto]">
      <p className="flex gap-3">
        <span className="text-quiet w-9 shrink-0 tabular-nums">{index + 1}</span>
        <span className="min-w-0 grow truncate">{name}</span>
        {id && !trashed ? (
          <Link href={`/gallery/${id}`} className="text-accent-text shrink-0 underline">
            Open<span className="sr-only">: {name}</span>
          </Link>
        ) : null}
        {!id && canOpen ? (
          <a href={link} target="_blank" rel="noreferrer" className="text-accent-text shrink-0 underline">
            Link<span className="sr-only">: {name}</span>
          </a>
        ) : null}
      </p>
      {reason ? <p className="text-quiet ml-12 text-pretty break-words">{reason}</p> : null}
    </li>
  );
}
