/** 50 megapixels: as RGBA, 200 MB. For images and for a video's frames. */
export const MAX_PIXELS = 50_000_000;

/** How long one file may take to be read, in milliseconds, from the moment that its turn comes. */
export const READ_DEADLINE = 10_000;
