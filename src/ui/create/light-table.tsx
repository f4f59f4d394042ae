import { ratioOf } from './draft.ts';
import { TILE_HEIGHT } from './tile-height.ts';

/** Where the pictures will lie: empty frames in the count and the shape that the composer asks for. */
export function LightTable({ count, aspect }: { count: number; aspect: string }) {
  const ratio = ratioOf(aspect);
  return (
    <div
      aria-hidden
      className="grid [mask-image:linear-gradient(black,transparent)] gap-1.5 [--cols:min(var(--count),2)] sm:[--cols:var(--count)]"
      style={{
        ['--count' as string]: count,
        gridTemplateColumns: `repeat(var(--cols), minmax(0, ${Math.round(TILE_HEIGHT * ratio)}px))`,
      }}
    >
      {Array.from({ length: count }, (_, at) => (
        <div key={at} className="border-line rounded-tile border" style={{ aspectRatio: ratio }} />
      ))}
    </div>
  );
}
