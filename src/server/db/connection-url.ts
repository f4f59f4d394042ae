/** The same login on another database. */
export function urlFor(loginUrl: string, database: string): string {
  const url = new URL(loginUrl);
  url.pathname = `/${database}`;
  return url.href;
}
