/**
 * What a link says of the picture behind it. A UUID stands for the picture only where nothing beside it could tell
 * two pictures apart: generators number the outputs of one job under one UUID.
 */

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
/** `abc-<uuid>.png`: words before it, no more than a file's extension after it. */
const NAMED = new RegExp(`^(?:.*[^0-9a-f])?(${UUID.source})(?:\\.[a-z0-9]{1,5})?$`, 'i');
const WHOLE = new RegExp(`^(${UUID.source})$`, 'i');
/** `<uuid>/original.png`: names of which there is one in a folder. */
const ONLY_ONE =
  /^(original|image|img|video|media|file|raw|download|content|full|public|output|result)(\.[a-z0-9]{1,5})?$/i;
/** All digits alike: made by hand, and nobody's. */
const EMPTY = /^([0f])\1{7}-\1{4}-\1{4}-\1{4}-\1{12}$/;

/** A link that holds its bytes itself. */
export const isDataUrl = (text: string) => /^data:/i.test(text);

/** In lower case; null when the link names its picture in another way. */
export function findSourceUuid(url: URL): string | null {
  const [last = '', folder = ''] = url.pathname.split('/').filter(Boolean).toReversed();
  const found = NAMED.exec(last)?.[1] ?? (ONLY_ONE.test(last) ? WHOLE.exec(folder)?.[1] : undefined);
  const uuid = found?.toLowerCase();
  return uuid === undefined || EMPTY.test(uuid) ? null : uuid;
}
