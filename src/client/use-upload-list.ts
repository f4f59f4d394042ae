import { useMemo } from 'react';
import type { MediaId } from '#core/media.ts';
import { session } from './browser.ts';
import { newSnapshot } from './store/snapshot.ts';
import { listUploads, totalUploads, type UploadItem, type UploadTotals } from './sync/list-uploads.ts';
import { NO_PROGRESS } from './sync/upload-port.ts';
import { useEngineState } from './use-client.ts';

export type { UploadItem, UploadTotals } from './sync/list-uploads.ts';

const uploads = () => session?.getState().engine?.uploads;

const cancel = (id: MediaId) => void uploads()?.cancel(id);
const retry = (order: number) => void session?.getState().engine?.retry(order);
const discard = (order: number) => void session?.getState().engine?.discard(order);
const clear = (ids: ReadonlySet<MediaId>) => void uploads()?.clear(ids);

export type UploadList = {
  items: readonly UploadItem[];
  totals: UploadTotals;
  cancel: (id: MediaId) => void;
  retry: (order: number) => void;
  /** Gives up a file that was refused. */
  discard: (order: number) => void;
  /** Takes settled ones off the list. */
  clear: (ids: ReadonlySet<MediaId>) => void;
};

const NOTHING = newSnapshot();

export function useUploadList(): UploadList {
  const snapshot = useEngineState((state) => state.snapshot, NOTHING);
  const progress = useEngineState((state) => state.uploadProgress, NO_PROGRESS);
  return useMemo(() => {
    const items = listUploads(snapshot, progress);
    return { items, totals: totalUploads(items), cancel, retry, discard, clear };
  }, [snapshot, progress]);
}
