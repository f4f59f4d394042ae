/** In CSS pixels, at most. Four squares of this height fill the table. */
export const TILE_HEIGHT = 284;
