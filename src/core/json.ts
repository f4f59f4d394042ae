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
