/** Keyset position in a list ordered by (createdAt, id), newest first: the last row of the page before. */
import { z } from 'zod';
import { AppError } from './errors.ts';

export type PagePosition = { createdAt: Date; id: string };

export const encodePageCursor = ({ createdAt, id }: PagePosition) => `${createdAt.getTime()}_${id}`;

const Shape = z.tuple([z.coerce.number().int().min(0).max(8_640_000_000_000_000), z.uuid()]);

/** @throws AppError BAD_INPUT for anything that `encodePageCursor` did not make. */
export function decodePageCursor(text: string): PagePosition {
  const parts = Shape.safeParse(text.split('_'));
  if (!parts.success) {
    throw new AppError('BAD_INPUT', 'This cursor is not one that a list gave out. Start again without it.', {
      field: 'cursor',
    });
  }
  return { createdAt: new Date(parts.data[0]), id: parts.data[1] };
}
