import { expect, test } from 'vitest';
import { mediaId, mediaRow, momentAt } from '#core/testing/rows.ts';
import { newUploadId } from './ids.ts';
import { newSnapshot } from './store/snapshot.ts';
import { addUpload, enqueue, opRefused } from './sync/steps.ts';
import { uploadArrived, uploadRefused } from './sync/upload-steps.ts';
import { failedOf } from './use-connection.ts';

const refusal = { code: 'BAD_INPUT', message: 'The image is damaged.' };
const file = (n: number, filename: string) => ({
  draft: mediaRow(n, 0),
  input: { id: mediaId(n), upload: newUploadId(), filename },
});

test('a file that failed keeps its name, on its way and once its bytes have come', () => {
  const chosen = addUpload(addUpload(newSnapshot(), file(1, 'sent.png')), file(2, 'truncated.png'));
  const arrived = uploadArrived(chosen, mediaId(1), momentAt(1)) ?? chosen;
  const waiting = enqueue(arrived, [{ type: 'trash', id: mediaId(3) }], momentAt(1));
  expect(failedOf(waiting)).toEqual([]);
  const refused = waiting.outbox.reduce((now, { order }) => opRefused(now, order, refusal), waiting);
  const failed = failedOf(uploadRefused(refused, mediaId(2), refusal));
  expect(failed.map(({ type, filename }) => [type, filename])).toEqual([
    ['save', 'sent.png'],
    ['trash', undefined],
    ['save', 'truncated.png'],
  ]);
});
