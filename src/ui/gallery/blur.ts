import { thumbHashToDataURL } from 'thumbhash';

export type Blur = {
  /** A blurred stand-in as a data URL; undefined when there is none or it cannot be read. */
  url: string | undefined;
  /** Nothing can be seen through the picture. */
  isOpaque: boolean;
};

const UNKNOWN: Blur = { url: undefined, isOpaque: false };
/** In the third byte of a thumbhash. */
const HAS_ALPHA = 0x80;

const KEPT = 3000;
const blurs = new Map<string, Blur>();

function readBlur(base64: string): Blur {
  try {
    const hash = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return { url: thumbHashToDataURL(hash), isOpaque: ((hash[2] ?? HAS_ALPHA) & HAS_ALPHA) === 0 };
  } catch {
    // A damaged hash costs the blur, not the picture.
    return UNKNOWN;
  }
}

/** @param base64 Of a thumbhash, which is decoded once. */
export function blurOf(base64: string | null): Blur {
  if (!base64) return UNKNOWN;
  const known = blurs.get(base64);
  if (known) return known;
  const blur = readBlur(base64);
  if (blurs.size >= KEPT) blurs.delete(blurs.keys().next().value ?? '');
  blurs.set(base64, blur);
  return blur;
}
