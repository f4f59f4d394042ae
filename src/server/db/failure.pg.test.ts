import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { useTestServer } from '../testing/server.ts';
import { connect } from './client.ts';
import { databaseFailure } from './failure.ts';

const server = useTestServer();

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => databaseFailure(error),
  );

const raise = (code: string) =>
  server().db.execute(sql.raw(`do $$ begin raise exception 'made up' using errcode = '${code}'; end $$`));

test.each([
  ['53100', /disk of this server is full\. Nothing was changed/],
  ['53300', /no room for more just now\. Nothing was changed/],
])('a shortage of the database (%s) is said, and to come back', async (code, message) => {
  expect(await failureOf(raise(code))).toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringMatching(message),
    retryAfter: expect.any(Number),
  });
});

test('any other error of a statement is a defect', async () => {
  expect(await failureOf(raise('P0001'))).toBeNull();
  expect(databaseFailure(new Error('connect ECONNREFUSED'))).toBeNull();
});

test('a database that is not there does not answer, to a statement and to a transaction', async () => {
  const nowhere = connect('postgres://nobody@127.0.0.1:1/none', { max: 1 });
  const statement = failureOf(nowhere.db.execute(sql`select`));
  const transaction = failureOf(nowhere.db.transaction((tx) => tx.execute(sql`select`)));
  for (const failure of [await statement, await transaction])
    expect(failure).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('does not answer'),
    });
  await nowhere.close();
});
