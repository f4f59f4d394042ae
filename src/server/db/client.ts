import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { guardTransactions } from './lost-connection.ts';
import * as schema from './schema.ts';

export type Db = PostgresJsDatabase<typeof schema>;
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0];

export type Connection = { db: Db; close(): Promise<void> };

/** A pool for Drizzle alone: Drizzle replaces the client's JSON and date codecs, so nobody else may share it. */
export function connect(url: string, options: { max?: number } = {}): Connection {
  const client = postgres(url, {
    max: options.max ?? 16,
    idle_timeout: 60,
    connect_timeout: 5,
    onnotice() {},
    // Old dates have odd offsets in some zones, which a JavaScript Date cannot read.
    connection: { application_name: 'afterimage', TimeZone: 'UTC' },
  });
  return { db: drizzle(guardTransactions(client), { schema }), close: () => client.end({ timeout: 5 }) };
}
