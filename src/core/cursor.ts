/** Keyset position in a list ordered by (createdAt, id), newest first: the last row of the page before. */
import { AppError } from './errors.ts';

export type PagePosition = { createdAt: Date; id: string };

export const encodePageCursor = ({ createdAt, id }: PagePosition) => `${createdAt.getTime()}_${id}`;

const SHAPE = /^(\d{1,16})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const LAST_MOMENT = 8_640_000_000_000_000;

/** @throws AppError BAD_INPUT for anything that `encodePageCursor` did not make. */
export function decodePageCursor(text: string): PagePosition {
  const [, milliseconds, id] = SHAPE.exec(text) ?? [];
  if (milliseconds === undefined || id === undefined || Number(milliseconds) > LAST_MOMENT) {
    throw new AppError('BAD_INPUT', 'This cursor is not one that a list gave out. Start again without it.', {
      field: 'cursor',
    });
  }
  return { createdAt: new Date(Number(milliseconds)), id };
}
