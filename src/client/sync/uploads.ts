import type { UploadOptions, Uploads } from './upload-port.ts';

/** The queue of files, whose code comes with the first one: most visits bring none. */
export function createUploads(options: UploadOptions): Uploads {
  const { db } = options;
  let loading: Promise<Uploads> | null = null;
  let isStopped = false;

  async function load(): Promise<Uploads> {
    const { createUploadQueue } = await import('./upload-queue.ts');
    const queue = createUploadQueue(options);
    if (isStopped) queue.stop();
    return queue;
  }
  const queue = () => (loading ??= load());

  return {
    add: async (files) => (await queue()).add(files),
    send: async () => {
      if (db.latest.uploads.length > 0) await (await queue()).send();
    },
    cancel: async (id) => (await queue()).cancel(id),
    clear: async (ids) => (await queue()).clear(ids),
    readFile: async (id) => (await queue()).readFile(id),
    showFiles: async (snapshot) => (await queue()).showFiles(snapshot),
    stop: () => {
      isStopped = true;
      void loading?.then((loaded) => loaded.stop());
    },
  };
}
