'use client';
import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import type { ImportRow } from '#client/use-import.ts';
import { Button } from '../kit/button.tsx';
import { isShortened, LISTED, reasonOf } from './import-words.ts';

/** Rows that are drawn before somebody asks for all of them. */
const FIRST = 200;

/** Every entry by what became of it; what went wrong is open, and nothing is left out. */
export function ImportRows({ rows }: { rows: readonly ImportRow[] }) {
  const shortened = rows.filter((row) => row.state !== 'failed' && isShortened(row));
  return (
    <div className="mt-8">
      {shortened.length > 0 ? <Listed label="Too long to be kept whole" rows={shortened} startsOpen /> : null}
      {LISTED.map(({ label, states }) => {
        const listed = rows.filter(({ state }) => states.includes(state));
        const isTrouble = states.some((state) => state !== 'here' && state !== 'saved' && state !== 'repeat');
        return listed.length > 0 ? (
          <Listed key={label} label={label} rows={listed} startsOpen={isTrouble} />
        ) : null;
      })}
    </div>
  );
}

function Listed({
  label,
  rows,
  startsOpen,
}: {
  label: string;
  rows: readonly ImportRow[];
  startsOpen: boolean;
}) {
  const [isOpen, setOpen] = useState(startsOpen);
  const [showsAll, setShowsAll] = useState(false);
  const shown = showsAll ? rows : rows.slice(0, FIRST);
  return (
    <details
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      className="group border-line border-b py-1 last:border-0"
    >
      <summary className="touch:min-h-11 flex min-h-10 cursor-pointer items-center gap-2 rounded-lg font-medium">
        <ChevronRight aria-hidden className="text-quiet size-4 transition-transform group-open:rotate-90" />
        {label}
        <span className="text-quiet ml-auto font-normal tabular-nums">
          {rows.length.toLocaleString('en')}
        </span>
      </summary>
      {isOpen ? (
        <ul className="pb-2">
          {shown.map((row) => (
            <Row key={row.index} row={row} />
          ))}
        </ul>
      ) : null}
      {isOpen && shown.length < rows.length ? (
        <Button variant="ghost" className="mb-2" onClick={() => setShowsAll(true)}>
          Show all {rows.length.toLocaleString('en')}
        </Button>
      ) : null}
    </details>
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
