import { SNIFF_BYTES } from '#core/sniff.ts';
import { sniffMime } from '../sniff.ts';
import { writePacket, type OwnRecipe } from './own.ts';
import { placeXmp } from './place-xmp.ts';

/**
 * Our own output with its recipe in it, its picture untouched. As it came where its format has no place for one, or
 * not enough.
 * @throws AppError as `sniffMime`.
 */
export async function embedRecipe(bytes: Uint8Array, recipe: OwnRecipe, field: string): Promise<Uint8Array> {
  const mime = sniffMime(bytes.subarray(0, SNIFF_BYTES), field);
  for (const describes of [true, false]) {
    const placed = await placeXmp(bytes, mime, (existing) => writePacket(recipe, existing, describes));
    if (placed) return placed;
  }
  return bytes;
}
