/** 50 megapixels: as RGBA, 200 MB. For images and for a video's frames. */
export const MAX_PIXELS = 50_000_000;

/** No browser shows more, and to shrink a line of one pixel's width takes minutes. */
export const MAX_SIDE = 65_535;

/** What a decoder may hold of one image that it cannot give out from top to bottom: RGBA of the largest. */
export const MAX_HELD_BYTES = 4 * MAX_PIXELS;

/** 24 days, which the database can hold; a video that says more does not know how long it is. */
export const MAX_DURATION_MS = 2 ** 31 - 1;

/** How long one file may take to be read, in milliseconds, from the moment that its turn comes. */
export const READ_DEADLINE = 10_000;
