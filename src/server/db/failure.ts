import { AppError } from '#core/errors.ts';
import { isLoss, LOST_CONNECTION } from './lost-connection.ts';
import { sqlStateOf } from './sql-state.ts';

/** Seconds after which a client may try again. */
const RETRY_AFTER = 5;

/** SQLSTATE class 53, insufficient resources: nothing of the transaction has happened. */
function describeShortage(sqlState: string | null): string | null {
  if (sqlState === '53100') return 'The disk of this server is full. Nothing was changed.';
  return sqlState?.startsWith('53')
    ? 'The database of this server has no room for more just now. Nothing was changed.'
    : null;
}

/** Drizzle's error around the one of a statement. Known by its parts: a bundler may have two copies of its class. */
const isOfStatement = (error: Error) => 'query' in error && 'params' in error;

/** What a failure of the database itself means to whoever asked; null for any other, which is a defect. */
export function databaseFailure(error: unknown): AppError | null {
  if (!(error instanceof Error)) return null;
  const shortage = describeShortage(sqlStateOf(error));
  if (shortage) return new AppError('UNAVAILABLE', shortage, { retryAfter: RETRY_AFTER, cause: error });
  const isLost = error.name === LOST_CONNECTION || (isOfStatement(error) && isLoss(error.cause));
  return isLost
    ? new AppError(
        'UNAVAILABLE',
        'The database of this server does not answer just now. Try again shortly.',
        {
          retryAfter: RETRY_AFTER,
          cause: error,
        },
      )
    : databaseFailure(error.cause);
}
