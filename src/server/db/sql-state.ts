export const UNIQUE_VIOLATION = '23505';

/** What Postgres calls a failure, however deep it is wrapped; null for what it did not say. */
export function sqlStateOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ('severity' in error && 'code' in error && typeof error.code === 'string') return error.code;
  return sqlStateOf(error.cause);
}
