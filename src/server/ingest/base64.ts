import { AppError } from '#core/errors.ts';
import { MAX_BASE64_LENGTH } from '#core/media.ts';
import { isDataUrl } from '#core/source.ts';

const MAX_BYTES = (MAX_BASE64_LENGTH / 4) * 3;

/**
 * Decodes base64 (RFC 4648, section 4, with its padding) or a `data:` URL of it. White space is dropped, since
 * `base64` on the command line wraps lines. The size is judged before anything is decoded.
 * @throws BAD_INPUT or TOO_LARGE, naming `field`.
 */
export function decodeBase64(
  input: string,
  { field, maxBytes = MAX_BYTES }: { field: string; maxBytes?: number },
): Uint8Array {
  const broken = (why: string) => new AppError('BAD_INPUT', `This is not base64: ${why}.`, { field });
  let text = isDataUrl(input) ? bodyOfDataUrl(input, broken) : input;
  if (/\s/.test(text)) text = text.replace(/\s+/g, '');

  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = Math.floor(text.length / 4) * 3 - padding;
  if (bytes > maxBytes) {
    throw new AppError('TOO_LARGE', `The file has ${bytes} bytes; at most ${maxBytes} are allowed here.`, {
      field,
    });
  }
  if (text.length === 0) throw new AppError('BAD_INPUT', 'The file is empty.', { field });
  if (text.length % 4 !== 0)
    throw broken('its length is not a multiple of four, so it was cut or lacks its padding');
  if (text.includes('-') || text.includes('_'))
    throw broken('it uses the URL alphabet; send + and / instead of - and _');

  const decoded = Buffer.from(text, 'base64');
  // Node skips foreign characters and stops at the first '='; both show as missing bytes.
  if (decoded.byteLength !== bytes) throw broken('it holds characters outside of its alphabet');
  const last = text.slice(-4);
  if (Buffer.from(last, 'base64').toString('base64') !== last)
    throw broken('its last character is not possible');
  return decoded;
}

/** `data:image/png;base64,...`: the declared type is dropped, because only the bytes tell it. */
function bodyOfDataUrl(input: string, broken: (why: string) => AppError): string {
  const comma = input.slice(0, 300).indexOf(',');
  if (comma < 0) throw broken('the data: URL has no comma');
  if (!input.slice(0, comma).toLowerCase().endsWith(';base64'))
    throw broken('the data: URL is not marked ;base64');
  return input.slice(comma + 1);
}
