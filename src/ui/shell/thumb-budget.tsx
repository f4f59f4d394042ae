'use client';
import { useThumbBudget } from '#client/offline/use-thumb-budget.ts';
import { MEGABYTE, THUMB_BUDGETS } from '#core/thumb-cache.ts';

const words = (bytes: number) => (bytes === 0 ? 'None' : `Up to ${bytes / MEGABYTE} MB`);

/** How much room small pictures may take here, so that the gallery can be seen without a network. */
export function ThumbBudget() {
  const { isAvailable, bytes, setBytes } = useThumbBudget();
  if (!isAvailable) return null;
  return (
    <label className="mt-1 flex items-center justify-between gap-6 py-1">
      <span className="text-quiet">Small pictures kept</span>
      <select
        value={bytes}
        onChange={(event) => setBytes(Number(event.target.value))}
        className="border-line bg-raised hover:bg-hover touch:h-11 h-8 rounded-lg border px-2 tabular-nums"
      >
        {THUMB_BUDGETS.map((choice) => (
          <option key={choice} value={choice}>
            {words(choice)}
          </option>
        ))}
      </select>
    </label>
  );
}
