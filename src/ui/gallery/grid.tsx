'use client';
import { useMemo, type HTMLAttributes, type Ref } from 'react';
import type { Media, MediaId } from '#core/media.ts';
import { widthsOf, type GridLayout, type GridRow, type HeaderRow, type TileRow } from './grid-layout.ts';
import type { Selection } from './selection.ts';
import { Tile } from './tile.tsx';
import type { RowRange } from './visible-rows.ts';

type Section = { header: HeaderRow; bottom: number; rows: { row: TileRow; at: number }[] };

/** The rows of a range by their date; the header of a date is there as long as any of its rows is. */
function sectionsOf({ rows, height }: GridLayout, range: RowRange): Section[] {
  const sections: Section[] = [];
  let first = range.first;
  while (first > 0 && rows[first]?.type !== 'header') first--;
  for (let at = first; at <= range.last; at++) {
    const row: GridRow | undefined = rows[at];
    if (row?.type === 'header') sections.push({ header: row, bottom: height, rows: [] });
    else if (row && at >= range.first) sections.at(-1)?.rows.push({ row, at });
    if (row?.type === 'header' && sections.length > 1) {
      const above = sections.at(-2);
      if (above) above.bottom = row.top;
    }
  }
  const last = sections.at(-1);
  if (last) {
    let next = range.last + 1;
    while (next < rows.length && rows[next]?.type !== 'header') next++;
    last.bottom = rows[next]?.top ?? height;
  }
  return sections;
}

export function Grid({
  ref,
  label,
  items,
  complete,
  layout,
  range,
  selection,
  focusedId,
  pending,
  isFlying,
  ...handlers
}: HTMLAttributes<HTMLDivElement> & {
  ref: Ref<HTMLDivElement>;
  label: string;
  items: readonly Media[];
  /** False while the last date may have more items than are loaded. */
  complete: boolean;
  layout: GridLayout;
  range: RowRange | null;
  selection: Selection;
  /** The one tile that Tab leads to. */
  focusedId: MediaId | null;
  pending: ReadonlySet<MediaId>;
  /** Tiles pass by too fast to be looked at. */
  isFlying: boolean;
}) {
  const sections = useMemo(() => (range ? sectionsOf(layout, range) : []), [layout, range]);
  return (
    // oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- its cells take the focus in turn
    <div
      {...handlers}
      ref={ref}
      role="grid"
      aria-label={label}
      aria-multiselectable
      aria-rowcount={layout.rows.length}
      className="relative"
      style={{ height: layout.height }}
    >
      {sections.map(({ header, bottom, rows }) => (
        <div
          key={header.group.key}
          role="rowgroup"
          className="absolute inset-x-0"
          style={{ top: header.top, height: bottom - header.top }}
        >
          <div role="row" className="sticky top-0 z-20 -mx-1.5 flex" style={{ height: header.height }}>
            <div role="gridcell" className="bg-surface/92 flex w-full items-center px-1.5 backdrop-blur-md">
              <h2 className="font-medium">{header.group.label}</h2>
              {complete || header.group.end < items.length ? (
                <span className="text-quiet ml-2.5 tabular-nums">
                  {(header.group.end - header.group.start).toLocaleString('en')}
                </span>
              ) : null}
            </div>
          </div>
          {rows.map(({ row, at }) => (
            <GridTiles
              key={row.start}
              row={row}
              at={at}
              top={row.top - header.top}
              items={items}
              layout={layout}
              selection={selection}
              focusedId={focusedId}
              pending={pending}
              isFlying={isFlying}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

function GridTiles({
  row,
  at,
  top,
  items,
  layout,
  selection,
  focusedId,
  pending,
  isFlying,
}: {
  row: TileRow;
  at: number;
  top: number;
  items: readonly Media[];
  layout: GridLayout;
  selection: Selection;
  focusedId: MediaId | null;
  pending: ReadonlySet<MediaId>;
  isFlying: boolean;
}) {
  const widths = widthsOf(layout, row);
  return (
    <div role="row" aria-rowindex={at + 1} className="absolute left-0 flex gap-1.5" style={{ top }}>
      {widths.map((width, position) => {
        const index = row.start + position;
        const media = items[index];
        return media ? (
          <Tile
            key={media.id}
            media={media}
            index={index}
            width={width}
            height={row.height}
            selected={selection.ids.has(media.id)}
            selecting={selection.active}
            tabStop={focusedId === media.id}
            pending={pending.has(media.id)}
            isFlying={isFlying}
          />
        ) : null;
      })}
    </div>
  );
}
