import { byNewest } from '#core/reconcile.ts';
import type { Delta, Everything } from './candidate.ts';

export function mergeDelta(held: Everything, delta: Delta): Everything {
  const byId = new Map<string, Everything['rows'][number]>(held.rows.map((row) => [row.id, row]));
  for (const row of delta.rows) byId.set(row.id, row);
  for (const id of delta.gone) byId.delete(id);
  return { version: delta.version, rows: [...byId.values()].sort(byNewest) };
}
