/** What a file says of itself in words, before anybody has made sense of it. Keys are those of the format. */
export type EmbeddedText = { key: string; text: string };

/** Key of a text that is an XMP packet, as PNG names it. */
export const XMP_KEY = 'XML:com.adobe.xmp';

/** Texts of one file, in bytes before and after inflating; what is beyond is passed over. */
export const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** Fit for Postgres and of bounded length: no NUL, no half of a surrogate pair. */
export const clean = (text: string, max: number): string =>
  text.replaceAll('\0', '').slice(0, max).toWellFormed().trim();

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Null for what is not JSON. Seeds beyond what a number can hold exactly come as text. */
export function parseJson(text: string): unknown {
  const exact = text.replace(/("(?:noise_)?seed"\s{0,4}:\s{0,4})(\d{16,})/g, '$1"$2"');
  try {
    return JSON.parse(exact);
  } catch {
    // ComfyUI is written in Python, whose JSON has NaN.
    try {
      return JSON.parse(exact.replace(/([[:,]\s{0,4})-?(?:NaN|Infinity)\b/g, '$1null'));
    } catch {
      return null;
    }
  }
}
