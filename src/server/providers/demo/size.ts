import { aspectRatio } from '#core/settings.ts';
import type { ProviderRequest } from '../port.ts';

/** Longest edge when no size is asked for, in pixels. */
const IMAGE_EDGE = 1024;
const CLIP_EDGE = 768;

/** Size of the output in pixels, both even, as video encoders need them. Width and height win over the aspect. */
export function frameSize(request: ProviderRequest): { width: number; height: number } {
  const { aspect } = request.settings;
  if (request.kind === 'video') return fit(aspectRatio(aspect ?? '16:9'), CLIP_EDGE);
  const { width, height } = request.settings;
  if (width && height) return { width: even(width), height: even(height) };
  const ratio = aspectRatio(aspect ?? '1:1');
  if (width) return { width: even(width), height: even(width / ratio) };
  if (height) return { width: even(height * ratio), height: even(height) };
  return fit(ratio, IMAGE_EDGE);
}

const fit = (ratio: number, edge: number) =>
  ratio >= 1
    ? { width: even(edge), height: even(edge / ratio) }
    : { width: even(edge * ratio), height: even(edge) };

const even = (length: number) => Math.max(16, Math.min(2048, 2 * Math.round(length / 2)));
