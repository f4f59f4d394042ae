import type { UploadItem, UploadTotals } from '#client/use-upload-list.ts';
import { byteSize } from '../viewer/media-facts.ts';

const count = (files: number) => files.toLocaleString('en');

/** What has become of all files, in a line. */
export function trayTitle({ files, saved, failed }: UploadTotals): string {
  const settled = saved + failed;
  if (settled < files) return `${count(saved)} of ${count(files)} added`;
  if (failed === 0) return files === 1 ? 'Added' : `${count(files)} files added`;
  if (saved === 0) return failed === 1 ? 'Not added' : `${count(failed)} files not added`;
  return `${count(saved)} added, ${count(failed)} not`;
}

/** What is said aloud when the last one has settled; null while some are under way. */
export const spokenEnd = (totals: UploadTotals): string | null =>
  totals.files > 0 && totals.saved + totals.failed === totals.files ? trayTitle(totals) : null;

export function itemState({ state, sent, bytes }: UploadItem, isOnline: boolean): string {
  switch (state) {
    case 'reading':
      return 'Reading';
    case 'waiting':
      return isOnline ? 'Waiting' : 'Waiting for the network';
    case 'sending':
      return `${byteSize(sent)} of ${byteSize(bytes)}`;
    case 'saving':
      return 'Saving';
    case 'saved':
      return 'Added';
    case 'failed':
      return 'Not added';
  }
}
