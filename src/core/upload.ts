/** What may be sent, known to browsers before they send it. */
export const MAX_UPLOAD_BYTES = 512 * 1024 * 1024;

/** A file of more than this is sent in parts of so many bytes, so that what has arrived need not be sent again. */
export const UPLOAD_PART_BYTES = 8 * 1024 * 1024;

/** Says where the bytes go: `uploadthing` takes them itself; absent, they come here. */
export const UPLOAD_VIA = 'upload-via';
/** Bytes of the file that have arrived, and in a request where the body begins. */
export const UPLOAD_OFFSET = 'upload-offset';
/** Bytes of the whole file. */
export const UPLOAD_LENGTH = 'upload-length';
