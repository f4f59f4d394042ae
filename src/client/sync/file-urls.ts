import type { UploadId } from '#core/media.ts';
import type { Snapshot } from '../store/snapshot.ts';

/** Addresses under which this page can show files that have not reached the server. */
export type FileUrls = {
  /** Makes addresses for the files that a snapshot shows, and takes back the others. */
  keepFor: (snapshot: Snapshot) => Promise<void>;
  release: () => void;
};

export function createFileUrls(
  readFile: (id: UploadId) => Promise<Blob | null>,
  onChange: (urls: ReadonlyMap<string, string>) => void,
): FileUrls {
  let urls: ReadonlyMap<string, string> = new Map();
  let last: Pick<Snapshot, 'outbox' | 'uploads'> = { outbox: [], uploads: [] };

  return {
    keepFor: async ({ outbox, uploads }) => {
      if (outbox === last.outbox && uploads === last.uploads) return;
      last = { outbox, uploads };
      const shown = [
        ...uploads.map(({ input }) => input.upload),
        ...outbox.flatMap(({ op }) => (op.type === 'save' && op.input.upload ? [op.input.upload] : [])),
      ];
      const missing = shown.filter((id) => !urls.has(id));
      const files = await Promise.all(missing.map((id) => readFile(id)));
      if (last.outbox !== outbox || last.uploads !== uploads) return;
      const made = missing.flatMap((id, index): [string, string][] => {
        const file = files[index];
        return file ? [[id, URL.createObjectURL(file)]] : [];
      });
      const dropped = [...urls].filter(([id]) => !shown.some((other) => other === id));
      if (made.length === 0 && dropped.length === 0) return;
      urls = new Map([...[...urls].filter(([id]) => shown.some((other) => other === id)), ...made]);
      onChange(urls);
      for (const [, url] of dropped) URL.revokeObjectURL(url);
    },
    release: () => {
      for (const url of urls.values()) URL.revokeObjectURL(url);
      urls = new Map();
    },
  };
}
