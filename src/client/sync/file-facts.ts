import type { Mime } from '#core/media.ts';
import type { Kind } from '#core/settings.ts';

const KINDS: Record<Mime, Kind> = {
  'image/png': 'image',
  'image/jpeg': 'image',
  'image/webp': 'image',
  'image/gif': 'image',
  'image/avif': 'image',
  'video/mp4': 'video',
  'video/webm': 'video',
  'video/quicktime': 'video',
};

const isMime = (type: string): type is Mime => type in KINDS;

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

/** Null for a file of a type that is not kept. */
export async function readFileFacts(file: Blob): Promise<FileFacts | null> {
  const mime = file.type;
  if (!isMime(mime)) return null;
  const kind = KINDS[mime];
  const size = await (kind === 'image' ? measureImage(file) : measureVideo(file)).catch(() => UNKNOWN_SIZE);
  return { kind, mime, ...size };
}
