import type { FileRole, MediaId } from './media.ts';

/** Where the bytes of one file are served, to their owner alone. Apart from the schemas: a first load carries it. */
export const mediaUrl = (id: MediaId, role: FileRole) => `/media/${id}/${role}`;
