import { useCallback, useMemo, useState } from 'react';
import { session } from './browser.ts';
import { newSnapshot } from './store/snapshot.ts';
import { RemoteError } from './sync/remote-port.ts';
import { listUploads, type UploadItem } from './sync/uploads.ts';
import { useEngineState } from './use-client.ts';

export type { UploadItem } from './sync/uploads.ts';

export type Upload = {
  /** Takes files at once and sends them when there is a network. The first upload of nobody makes a guest. */
  upload: (files: readonly File[]) => void;
  items: readonly UploadItem[];
};

const NOTHING = newSnapshot();
const NO_PROGRESS = { chosen: [], sending: null };

export function useUpload(): Upload {
  const [refused, setRefused] = useState<readonly UploadItem[]>([]);
  const snapshot = useEngineState((state) => state.snapshot, NOTHING);
  const progress = useEngineState((state) => state.uploadProgress, NO_PROGRESS);
  const items = useMemo(() => listUploads(snapshot, progress), [snapshot, progress]);

  const upload = useCallback((files: readonly File[]) => {
    const take = async () => {
      const engine = await session?.ensureLibrary();
      await engine?.uploads.add(files);
      await engine?.uploads.send();
    };
    take().catch((error: unknown) => {
      if (!(error instanceof RemoteError)) throw error;
      const refusal = { progress: null, state: 'failed' as const, error: error.message };
      setRefused(files.map((file, index) => ({ id: `${file.name}/${index}`, name: file.name, ...refusal })));
    });
  }, []);
  return { upload, items: useMemo(() => [...refused, ...items], [refused, items]) };
}
