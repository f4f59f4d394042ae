/** A process that prepares a thousand pictures, three at a time, and says what it holds at some of them, in bytes. */
import { prepareMedia } from '#server/ingest/prepare.ts';
import { makePictures } from './pictures.ts';

const AT = [100, 200, 500, 750, 1000];
const AT_ONCE = 3;

const pictures = await makePictures(2);
let prepared = 0;
for (const stop of AT) {
  const lane = async () => {
    while (prepared < stop) {
      prepared += 1;
      const picture = pictures[prepared % pictures.length];
      if (picture) await prepareMedia(picture.bytes, { field: 'bench' });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  globalThis.gc?.();
  process.send?.({ prepared: stop, rss: process.memoryUsage.rss() });
}
process.exit(0);
