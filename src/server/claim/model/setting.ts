/** The people and things of a round, put in as rows by the superuser: thousands of rounds need no requests for them. */
import { sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { ClaimResult } from '#core/claim.ts';
import { CollectionId } from '#core/collection.ts';
import { GenerationId, MediaId, UploadId } from '#core/media.ts';
import { DeviceId, LibraryId, SessionId, UserId } from '#core/owner.ts';
import { ClientId } from '#core/sync.ts';
import { hashToken } from '../../auth/guest.ts';
import type { Server } from '../../context.ts';
import { newStorageKey } from '../../storage/keys.ts';
import type { SignIn } from '../account.ts';
import type { Before, Plan } from './plan.ts';

/** @property library null: the account has not written anything yet. @property item null: nothing is in it. */
export type Account = { signIn: SignIn; library: LibraryId | null; item: MediaId | null };

export type Setting = {
  token: string;
  session: SessionId;
  library: LibraryId;
  clientId: ClientId;
  /** Of the guest: `kept` is in the collection and has a file, `starred` is what the device changes. */
  kept: MediaId;
  starred: MediaId;
  /** What the device saves, if the plan says so. */
  saved: MediaId;
  collection: CollectionId;
  upload: UploadId;
  jobs: { kind: Plan['jobs'][number]; id: GenerationId; output: MediaId }[];
  a: Account;
  b: Account;
};

/** Who has got it, and in which library what the guest had is by now. */
export type Outcome = {
  winner: Account;
  loser: Account;
  claim: ClaimResult;
  home: LibraryId;
  /** Whose library `home` is; null: a guest's again. */
  holder: Account | null;
};

/** Versions of the libraries at the start. */
export const GUEST_VERSION = 3;
export const ACCOUNT_VERSION = 5;

const quoted = (value: string | null) => (value === null ? 'null' : `'${value}'`);
const insert = (table: string, columns: string, rows: (string | null)[][]) =>
  `insert into ${table} (${columns}) values ${rows.map((row) => `(${row.map(quoted).join(', ')})`).join(', ')};`;

function newAccount(before: Before): Account {
  const [userId, device] = [UserId.parse(uuidv7()), DeviceId.parse(uuidv7())];
  return {
    signIn: { userId, device, deviceName: 'a browser', address: null },
    library: before === 'none' ? null : LibraryId.parse(uuidv7()),
    item: before === 'used' ? MediaId.parse(uuidv7()) : null,
  };
}

function accountRows({ signIn: { userId, device }, library, item }: Account): string[] {
  const hash = `\\x${userId.replaceAll('-', '')}`;
  const statements = [
    insert('users', 'id, email, email_verified', [[userId, `${userId}@example.org`, 'now']]),
    insert('auth_sessions', 'sid_hash, id, user_id, began_here, absolute_expires_at', [
      [hash, device, userId, 'true', 'tomorrow'],
    ]),
  ];
  const version = String(item ? ACCOUNT_VERSION : 0);
  if (library) statements.push(insert('libraries', 'id, user_id, version', [[library, userId, version]]));
  if (library && item) statements.push(mediaRows(library, version, [[item, '{}', null]]));
  return statements;
}

const HASH = 'f'.repeat(64);
const PLAIN_ITEM = ['image', 'uploaded', '1', '1', 'image/png', '70', HASH, '{original}'];
const PLAIN_FILE = ['image/png', '1', '1', '70', HASH];
const PLAIN_GENERATION = ['a pier', 'test', 'test-image', '1', '{}', '{}'];

type ItemRow = [id: MediaId, collections: string, generation: GenerationId | null];

const mediaRows = (library: LibraryId, version: string, rows: ItemRow[]) =>
  insert(
    'media',
    'id, library_id, version, collection_ids, generation_id, kind, origin, width, height, mime, bytes, sha256, roles',
    rows.map(([id, ...rest]) => [id, library, version, ...rest, ...PLAIN_ITEM]),
  );

const newId = () => MediaId.parse(uuidv7());

export async function makeSetting(
  { db }: Pick<Server, 'db'>,
  { before, jobs: kinds }: Plan,
): Promise<Setting> {
  const setting: Setting = {
    token: crypto.randomUUID(),
    session: SessionId.parse(uuidv7()),
    library: LibraryId.parse(uuidv7()),
    clientId: ClientId.parse(uuidv7()),
    kept: newId(),
    starred: newId(),
    saved: newId(),
    collection: CollectionId.parse(uuidv7()),
    upload: UploadId.parse(uuidv7()),
    jobs: kinds.map((kind) => ({ kind, id: GenerationId.parse(uuidv7()), output: newId() })),
    a: newAccount(before.a),
    b: newAccount(before.b),
  };
  const { token, session, library, kept, starred, collection, upload, jobs } = setting;
  const version = String(GUEST_VERSION);
  const held = [kept, ...jobs.flatMap((job) => (job.kind === 'rest' ? [job.output] : []))];
  const files = held.map((id) => ({ id, key: newStorageKey() }));
  const sent = newStorageKey();
  const statements = [
    ...accountRows(setting.a),
    ...accountRows(setting.b),
    insert('guest_sessions', 'id, token_hash, expires_at', [
      [session, `\\x${hashToken(token).toString('hex')}`, 'tomorrow'],
    ]),
    insert('libraries', 'id, session_id, version', [[library, session, version]]),
    insert('collections', 'id, library_id, version, name', [[collection, library, version, 'Fog']]),
    mediaRows(library, version, [
      [kept, `{${collection}}`, null],
      [starred, '{}', null],
      ...jobs.flatMap(({ kind, id, output }): ItemRow[] => (kind === 'rest' ? [[output, '{}', id]] : [])),
    ]),
    insert('storage_objects', 'key, backend, state, staged_for, bytes, mime, sha256', [
      ...files.map(({ id, key }) => [key, 'disk', 'live', id, '70', 'image/png', HASH]),
      [sent, 'disk', 'staged', upload, '70', 'image/png', HASH],
    ]),
    insert(
      'media_files',
      'media_id, role, library_id, object_key, mime, width, height, bytes, sha256',
      files.map(({ id, key }) => [id, 'original', library, key, ...PLAIN_FILE]),
    ),
    insert('uploads', 'id, library_id, object_key', [[upload, library, sent]]),
    insert(
      'generations',
      'id, library_id, version, state, kind, outputs, prompt, provider, model, seed, settings, metadata',
      jobs.map(({ kind, id, output }) => [
        id,
        library,
        version,
        kind === 'whole' ? 'queued' : 'saving',
        'image',
        JSON.stringify([
          { index: 0, mediaId: output, state: kind === 'whole' ? 'waiting' : 'saved', error: null },
        ]),
        ...PLAIN_GENERATION,
      ]),
    ),
  ];
  // Without parameters, all of it is one message.
  await db.execute(sql.raw(statements.join('\n')));
  return setting;
}
