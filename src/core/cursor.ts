/** Keyset position in a list ordered by (createdAt, id), newest first: the last row of the page before. */
import { AppError } from './errors.ts';

export type PagePosition = { createdAt: Date; id: string };

export const encodePageCursor = ({ createdAt, id }: PagePosition) => `${createdAt.getTime()}_${id}`;

const SHAPE = /^(-?\d{1,15})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
/** Years 1000 to 9999, as of every date that is saved: outside of them JavaScript and Postgres read texts differently. */
const FIRST_MOMENT = Date.parse('1000-01-01T00:00:00.000Z');
const LAST_MOMENT = Date.parse('9999-12-31T23:59:59.999Z');

/** @throws AppError BAD_INPUT for anything that `encodePageCursor` did not make. */
export function decodePageCursor(text: string): PagePosition {
  const [, milliseconds, id] = SHAPE.exec(text) ?? [];
  const moment = Number(milliseconds);
  if (id === undefined || !(FIRST_MOMENT <= moment && moment <= LAST_MOMENT)) {
    throw new AppError('BAD_INPUT', 'This cursor is not one that a list gave out. Start again without it.', {
      field: 'cursor',
    });
  }
  return { createdAt: new Date(moment), id };
}
