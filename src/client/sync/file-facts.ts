import type { Mime } from '#core/media.ts';
import { knownMime, SNIFF_BYTES } from '#core/sniff.ts';
import type { Kind } from '#core/settings.ts';

/** Enough to draw a file in its place before the server has looked at it. */
export type FileFacts = { kind: Kind; mime: Mime; width: number; height: number; durationMs: number | null };

/** A file that the browser cannot decode may still be one that the server can: it is drawn square until then. */
const UNKNOWN_SIZE = { width: 1, height: 1, durationMs: null };
const VIDEO_PATIENCE = 5000;

async function measureImage(file: Blob) {
  const bitmap = await createImageBitmap(file);
  const { width, height } = bitmap;
  bitmap.close();
  return { width, height, durationMs: null };
}

function measureVideo(file: Blob) {
  const video = document.createElement('video');
  const url = URL.createObjectURL(file);
  return new Promise<{ width: number; height: number; durationMs: number | null }>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The video did not say its size.')), VIDEO_PATIENCE);
    video.addEventListener('loadedmetadata', () => {
      clearTimeout(timer);
      const { videoWidth, videoHeight, duration } = video;
      const durationMs = Number.isFinite(duration) ? Math.round(duration * 1000) : null;
      resolve({ width: videoWidth || 1, height: videoHeight || 1, durationMs });
    });
    video.addEventListener('error', () => reject(new Error('The video cannot be decoded here.')));
    video.preload = 'metadata';
    video.src = url;
  }).finally(() => URL.revokeObjectURL(url));
}

/** Null for a file of a type that is not kept, by its first bytes: names and types lie, and many files have no type. */
export async function readFileFacts(file: Blob): Promise<FileFacts | null> {
  const mime = knownMime(new Uint8Array(await file.slice(0, SNIFF_BYTES).arrayBuffer()));
  if (mime === null) return null;
  // What draws it goes by the type that it has, which a file without an ending lacks.
  const typed = file.type === mime ? file : file.slice(0, file.size, mime);
  const kind: Kind = mime.startsWith('video/') ? 'video' : 'image';
  const size = await (kind === 'image' ? measureImage(typed) : measureVideo(typed)).catch(() => UNKNOWN_SIZE);
  return { kind, mime, ...size };
}
