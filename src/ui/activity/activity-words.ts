import type { Generation } from '#core/generation.ts';
import type { Receipt } from '#core/receipt.ts';
import { GENERATION_STATES } from '../kit/generation-states.ts';
import { byteSize } from '../viewer/media-facts.ts';

const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** What became of a request, in one line. */
export function outcomeOf({ status, kind, outputs }: Generation): string {
  const count = (state: 'saved' | 'failed') => outputs.filter((output) => output.state === state).length;
  const [saved, failed] = [count('saved'), count('failed')];
  if (saved === 0) return GENERATION_STATES[status];
  const kept = `${plural(saved, kind)} saved`;
  return failed > 0 ? `${kept}, ${failed} failed` : kept;
}

/** Nothing is left to be waited for, and something did not come. */
export const isFailure = ({ status, outputs }: Pick<Generation, 'status' | 'outputs'>): boolean =>
  status === 'failed' ||
  status === 'interrupted' ||
  (status === 'succeeded' && outputs.some(({ state }) => state === 'failed'));

export function reasonOf({ error, outputs }: Generation): string {
  const failed = outputs.find((output) => output.state === 'failed');
  return (error ?? failed?.error)?.message ?? 'Nothing was made. The prompt is kept.';
}

/** `3 images and 1 video` */
function itemsOf({ images, videos }: Receipt['counts']): string {
  const parts = [
    ...(images > 0 ? [plural(images, 'image')] : []),
    ...(videos > 0 ? [plural(videos, 'video')] : []),
  ];
  return parts.join(' and ') || 'Nothing';
}

export const titleOf = ({ counts, reason }: Receipt): string =>
  `${itemsOf(counts)} deleted for good${reason === 'trash' ? ', after their days in the trash' : ''}`;

export const sizeOf = ({ counts }: Receipt): string =>
  `${plural(counts.files, 'file')}, ${byteSize(counts.bytes)}`;

/** Why bytes are there still; null once they are gone. */
export function waitingFor({ pending }: Receipt): string | null {
  if (!pending) return null;
  const left = `${plural(pending.files, 'file')} still there`;
  switch (pending.why) {
    case 'soon':
      return `${left}: deleted within a minute.`;
    case 'backup':
      return `${left}: a backup is being made, and they are deleted after it.`;
    case 'refused':
      return `${left}: the storage did not delete them. It is asked again every minute.`;
    case 'unreachable':
      return `${left}, in a storage that this server cannot reach at present.`;
  }
}
