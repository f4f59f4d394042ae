import type { Media } from '#core/media.ts';
import { makeSignal } from '../kit/signal.ts';

/** Items that a person is putting into collections; null: none. */
export const collecting = makeSignal<readonly Media[] | null>(null);

export function collectMedia(items: readonly Media[]) {
  if (items.length > 0) collecting.set(items);
}
