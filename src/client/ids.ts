import type { CollectionId } from '#core/collection.ts';
import type { MediaId, UploadId } from '#core/media.ts';
import type { LibraryId } from '#core/owner.ts';
import type { ClientId } from '#core/sync.ts';
import { uuidv4, uuidv7 } from './uuid.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
type Ids = {
  media: MediaId;
  upload: UploadId;
  client: ClientId;
  library: LibraryId;
  collection: CollectionId;
};

function isId<Noun extends keyof Ids>(_noun: Noun, text: string): text is Ids[Noun] {
  return UUID.test(text);
}

function mint<Noun extends keyof Ids>(noun: Noun, text: string): Ids[Noun] {
  if (!isId(noun, text)) throw new Error(`Not a UUID: ${text}`);
  return text;
}

export const newMediaId = () => mint('media', uuidv7());
export const newCollectionId = () => mint('collection', uuidv7());
export const newUploadId = () => mint('upload', uuidv7());
export const newClientId = () => mint('client', uuidv4());
export const newRequestId = () => uuidv7();

/** Null for anything but a UUID: a cookie or an address can hold whatever somebody put there. */
export const toLibraryId = (text: string) => (isId('library', text) ? text : null);
export const toMediaId = (text: string) => (isId('media', text) ? text : null);
export const toCollectionId = (text: string) => (isId('collection', text) ? text : null);
