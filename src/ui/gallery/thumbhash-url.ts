import { thumbHashToDataURL } from 'thumbhash';

const KEPT = 3000;
const urls = new Map<string, string>();

/** A blurred stand-in as a data URL, decoded once; undefined when there is none or it cannot be read. */
export function thumbhashUrl(base64: string | null): string | undefined {
  if (!base64) return undefined;
  const known = urls.get(base64);
  if (known !== undefined) return known || undefined;
  let url = '';
  try {
    url = thumbHashToDataURL(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  } catch {
    // A damaged hash costs the blur, not the picture.
  }
  if (urls.size >= KEPT) urls.delete(urls.keys().next().value ?? '');
  urls.set(base64, url);
  return url || undefined;
}
