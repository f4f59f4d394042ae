import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeStorage } from './contract.ts';
import { createS3Storage } from './s3.ts';
import { BUCKET, openS3, S3_KEYS } from './testing/s3.ts';

describeStorage('s3', async () => {
  const server = await openS3();
  const folder = await mkdtemp(join(tmpdir(), 'afterimage-drafts-'));
  const settings = { endpoint: server.origin, bucket: BUCKET, ...S3_KEYS };
  return {
    storage: await createS3Storage(settings, { folder }),
    async close() {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
});
