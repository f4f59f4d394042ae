import { expect, test } from 'vitest';
import { refusal } from './remote.ts';

test('a refusal is told in one line, by its code and in the vendor’s words', () => {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message><RequestId>4</RequestId></Error>`;
  expect(refusal(404, xml)).toMatchObject({
    code: 'UNAVAILABLE',
    message: 'The storage answered 404: NoSuchBucket, The specified bucket does not exist',
  });
  expect(refusal(500, '{\n  "error": "later"\n}').message).toBe(
    'The storage answered 500: { "error": "later" }',
  );
  expect(refusal(402, '<Code>QuotaExceeded</Code>')).toMatchObject({ code: 'FULL' });
});
