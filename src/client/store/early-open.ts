/**
 * The library's database is opened by a line in the page itself, before the application's scripts have come. The
 * companion cookie decides which, so that signed out means that nothing is opened.
 */
const STORE = 'kv';
/** Before a library's id, in the name of its database. */
export const DATABASE = 'afterimage:1:';

type Early = { name: string; request: IDBOpenDBRequest };

declare global {
  var afterimageEarly: Early | undefined;
}

/** Stands in every page. Does as `open` below, and lets go by itself, should the scripts never come. */
export const EARLY_OPEN_SCRIPT = `try{const l=/(?:^|; )library=([0-9a-f-]{36})(?:;|$)/.exec(document.cookie);if(l){const name='${DATABASE}'+l[1],request=indexedDB.open(name,1);request.onupgradeneeded=()=>request.result.createObjectStore('${STORE}');request.onsuccess=()=>request.result.onversionchange=()=>request.result.close();afterimageEarly={name,request}}}catch{}`;

function open(name: string): IDBOpenDBRequest {
  const request = indexedDB.open(name, 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE));
  return request;
}

const whenOpen = (request: IDBOpenDBRequest) =>
  new Promise<IDBDatabase>((resolve, reject) => {
    const settle = () => (request.error ? reject(request.error) : resolve(request.result));
    if (request.readyState === 'done') settle();
    else for (const event of ['success', 'error']) request.addEventListener(event, settle);
  });

/** The database, from what the page began where that is the same one. Rejects as IndexedDB does. */
export function openDatabase(name: string): Promise<IDBDatabase> {
  const early = globalThis.afterimageEarly;
  globalThis.afterimageEarly = undefined;
  if (early?.name === name) return whenOpen(early.request);
  // Nobody else will use it, and an open connection keeps a database from being deleted.
  if (early)
    whenOpen(early.request).then(
      (database) => database.close(),
      () => {},
    );
  return whenOpen(open(name));
}
