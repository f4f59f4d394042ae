/**
 * Which collection is open is said by the address alone. It is pushed into the history without asking the server, so
 * that a collection opens at once and without a network.
 */
const PATH = /^\/collections(?:\/([^/]+))?\/?$/;

/** Empty: all of them; null: the address is of something else, such as a picture that lies over the page. */
export function collectionInPath(pathname: string): string | null {
  const match = PATH.exec(pathname);
  return match && (match[1] ?? '');
}

export const pathOf = (id: string) => (id === '' ? '/collections' : `/collections/${id}`);

export function openCollection(id: string) {
  history.pushState(null, '', pathOf(id));
  scrollTo({ top: 0, behavior: 'instant' });
}
