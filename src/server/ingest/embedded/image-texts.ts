import type { Mime } from '#core/media.ts';
import { openSource, type MediaSource } from '../source.ts';
import { readXmpBoxes } from './boxes.ts';
import { readExifTexts } from './exif.ts';
import { readPngTexts } from './png.ts';
import { XMP_KEY, type EmbeddedText } from './texts.ts';

/** @param header The blocks that the decoder found on its way. */
export async function readImageTexts(
  source: MediaSource,
  mime: Mime,
  { exif, xmp }: { exif?: Uint8Array | undefined; xmp?: Uint8Array | undefined },
): Promise<EmbeddedText[]> {
  const texts = exif ? readExifTexts(exif) : [];
  if (xmp && mime !== 'image/png') texts.push({ key: XMP_KEY, text: new TextDecoder().decode(xmp) });
  if (mime !== 'image/png' && mime !== 'image/avif') return texts;
  const { read, size, close } = await openSource(source);
  try {
    if (mime === 'image/png') return [...(await readPngTexts(read)), ...texts];
    for (const text of await readXmpBoxes(read, size)) texts.push({ key: XMP_KEY, text });
    return texts;
  } finally {
    await close();
  }
}
