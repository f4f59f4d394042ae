import { z } from 'zod';

/** UTF-8 size of a value as JSON, in bytes. */
export const jsonBytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).byteLength;

export const JsonObject = z.record(z.string().max(200), z.json());
export type JsonObject = z.infer<typeof JsonObject>;

const METADATA_BYTES = 16_384;

/** Whatever a client wants kept beside a record: one JSON object of at most 16 KiB. */
export const Metadata = JsonObject.refine((value) => jsonBytes(value) <= METADATA_BYTES, {
  message: `Metadata must be at most ${METADATA_BYTES} bytes as JSON.`,
});

/** How deep a value may be nested: more than any tool writes, and less than any reader's stack. */
const MAX_DEPTH = 64;

const isStorable = (text: string) => !text.includes('\0') && text.isWellFormed();

export type Unstorable = { why: 'character' | 'depth'; field: string };

/**
 * What of a parsed JSON value cannot be kept as it is: a text that Postgres cannot hold, since NUL has no place in its
 * texts and half a surrogate pair none in UTF-8, or too many levels. Null when all can be kept.
 * @returns `field`: the path of the text, or the first name on the way down; empty for the value itself.
 */
export function findUnstorable(value: unknown, depth = 0): Unstorable | null {
  const unstorable = (why: Unstorable['why']): Unstorable => ({ why, field: '' });
  if (typeof value === 'string') return isStorable(value) ? null : unstorable('character');
  if (typeof value !== 'object' || value === null) return null;
  if (depth === MAX_DEPTH) return unstorable('depth');
  for (const [key, inner] of Object.entries(value)) {
    const found = isStorable(key) ? findUnstorable(inner, depth + 1) : unstorable('character');
    if (found === null) continue;
    const isWhole = found.why === 'depth' || found.field === '';
    return { why: found.why, field: isWhole ? key : `${key}.${found.field}` };
  }
  return null;
}
