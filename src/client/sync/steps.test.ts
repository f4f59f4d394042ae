import { describe, expect, test } from 'vitest';
import { collectionId, mediaId, mediaRow, momentAt } from '#core/testing/rows.ts';
import { newUploadId } from '../ids.ts';
import { newSnapshot, type Snapshot } from '../store/snapshot.ts';
import { addUpload, discardRefused, enqueue, opRefused, retryRefused } from './steps.ts';
import { uploadArrived, uploadRefused } from './upload-steps.ts';

const at = momentAt(1);
const id = mediaId(1);
const upload = newUploadId();
const error = { code: 'BAD_INPUT', message: 'No.' };
const draft = mediaRow(1, 0);
const withUpload = addUpload(newSnapshot(), { draft, input: { id, upload } });
const seqs = ({ outbox }: Snapshot) => outbox.map(({ op }) => op.seq);

test('operations are numbered in order, under the device’s client', () => {
  const now = enqueue(
    newSnapshot(),
    [
      { type: 'trash', id },
      { type: 'patch', id, patch: { headline: ' Dusk ', tags: ['a', 'a'] } },
    ],
    at,
  );
  expect(now.outbox).toEqual([
    {
      order: 1,
      clientId: now.client.id,
      op: { seq: 1, type: 'trash', id },
      at,
      draft: null,
      ack: null,
      error: null,
    },
    {
      order: 2,
      clientId: now.client.id,
      op: { seq: 2, type: 'patch', id, patch: { headline: 'Dusk', tags: ['a'] } },
      at,
      draft: null,
      ack: null,
      error: null,
    },
  ]);
});

test('a number is never given out twice, whatever has left the outbox or come from elsewhere', () => {
  const now = enqueue(newSnapshot(), [{ type: 'trash', id }], at);
  expect(seqs(enqueue({ ...now, outbox: [] }, [{ type: 'restore', id }], at))).toEqual([2]);
  const adopted = { ...now, client: { ...now.client, last: 0 } };
  expect(seqs(enqueue(adopted, [{ type: 'restore', id }], at))).toEqual([1, 2]);
});

describe('a file that the server does not have yet', () => {
  test('is changed in place: what is sent later has the change already', () => {
    const patch = { headline: 'Dusk', starred: true };
    const now = enqueue(withUpload, [{ type: 'patch', id, patch }], at);
    expect(now.outbox).toEqual([]);
    expect(now.uploads).toMatchObject([{ draft: patch, input: { ...patch, id, upload } }]);
    const cleared = enqueue(now, [{ type: 'patch', id, patch: { headline: null } }], at);
    expect(cleared.uploads[0]?.input.headline).toBeUndefined();
    expect(cleared.uploads[0]?.draft.headline).toBeNull();
  });
  test('is put into its collections once it is saved, by an operation of its own', () => {
    const [a, b] = [collectionId(1), collectionId(2)];
    const now = enqueue(
      withUpload,
      [
        { type: 'collect', id, add: [a, b], remove: [] },
        { type: 'collect', id, add: [], remove: [a] },
      ],
      at,
    );
    expect(now).toMatchObject({ outbox: [], uploads: [{ draft: { collectionIds: [b] } }] });
    expect(uploadArrived(now, id, at)?.outbox).toMatchObject([
      { op: { type: 'save', seq: 2 }, draft: { collectionIds: [] } },
      { op: { type: 'collect', seq: 3, id, add: [b], remove: [] } },
    ]);
  });
  test.each(['trash', 'purge'] as const)('is given up by %s', (type) => {
    expect(enqueue(withUpload, [{ type, id }], at)).toMatchObject({ uploads: [], outbox: [] });
  });
  test('becomes a save when its bytes have arrived, before later operations', () => {
    const now = uploadArrived(withUpload, id, at);
    expect(now).toMatchObject({
      uploads: [],
      outbox: [{ op: { type: 'save', seq: 2, id, input: { upload } }, draft }],
    });
    expect(uploadArrived(newSnapshot(), id, at)).toBeNull();
  });
});

describe('what was refused', () => {
  test('is tried again at the end of the line, under a new number', () => {
    const refused = opRefused(
      enqueue(
        newSnapshot(),
        [
          { type: 'trash', id },
          { type: 'restore', id },
        ],
        at,
      ),
      1,
      error,
    );
    const retried = retryRefused(refused, 1, at);
    expect(seqs(retried)).toEqual([2, 3]);
    expect(retried.outbox.every((pending) => pending.error === null)).toBe(true);
  });
  test('a save starts with its bytes again', () => {
    const saving = uploadArrived(withUpload, id, at) ?? withUpload;
    const retried = retryRefused(opRefused(saving, 2, error), 2, at);
    expect(retried).toMatchObject({ outbox: [], uploads: [{ draft, input: { id, upload }, error: null }] });
  });
  test('a file that was refused is sent again', () => {
    const refused = uploadRefused(withUpload, id, error);
    expect(refused.uploads[0]?.error).toEqual(error);
    expect(retryRefused(refused, 1, at).uploads[0]?.error).toBeNull();
  });
  test('is forgotten when it is discarded, and nothing else is', () => {
    const refused = opRefused(enqueue(withUpload, [{ type: 'trash', id: mediaId(2) }], at), 2, error);
    expect(discardRefused(refused, 2)).toMatchObject({ outbox: [], uploads: [{ draft }] });
    expect(discardRefused(withUpload, 1).uploads).toHaveLength(1);
    expect(discardRefused(uploadRefused(withUpload, id, error), 1).uploads).toEqual([]);
  });
});
