/**
 * The isolation matrix: every procedure and byte route, asked by everybody who is not the owner, for what is their own,
 * what is somebody else's, and what is not there. Foreign must look exactly as missing, and tell and change nothing.
 */
import { eq } from 'drizzle-orm';
import { randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CollectionId } from '#core/collection.ts';
import { MediaId, UploadId } from '#core/media.ts';
import { SYNC_SCHEMA } from '#core/sync.ts';
import { makeGuest } from '../auth/guest.ts';
import { revokeSessions } from '../auth/sessions.ts';
import { changeItems, createCollection } from '../collection/change.ts';
import type { LibraryCtx } from '../context.ts';
import { asServer } from '../db/doors.ts';
import { authSessions, guestSessions } from '../db/identity.ts';
import { createGeneration } from '../generation/create.ts';
import { purgeMedia } from '../media/change.ts';
import { saveMedia } from '../media/save.ts';
import { listReceipts } from '../receipt.ts';
import { readCursor } from '../sync/changes.ts';
import { listProcedures } from '../trpc/procedures.ts';
import { putUpload } from '../upload.ts';
import { Jar } from './api.ts';
import { addCollection, addRow, claimInto, newSignIn } from './claim.ts';
import { PIXEL } from './objects.ts';
import { newGuest, newLibrary, newUser, signInAs, useTestServer, type Guest } from './server.ts';

/** Ids that a request can name. */
type Target = {
  library: string;
  media: MediaId;
  generation: string;
  collection: CollectionId;
  upload: string;
  receipt: string;
  session: string;
  claim: string;
};

const newEmail = () => `${uuidv7()}@example.org`;
const newToken = () => randomBytes(32).toString('base64url');

const missing = (): Target => ({
  library: uuidv7(),
  media: MediaId.parse(uuidv7()),
  generation: uuidv7(),
  collection: CollectionId.parse(uuidv7()),
  upload: uuidv7(),
  receipt: uuidv7(),
  session: uuidv7(),
  claim: uuidv7(),
});

/** Fills a library with one of each, all of it marked. */
async function fill(ctx: LibraryCtx, mark: string): Promise<Target> {
  const described = {
    prompt: `${mark} prompt`,
    headline: `${mark} headline`,
    tags: [`${mark} tag`],
    filename: `${mark}.png`,
  };
  const sources = { named: [{ data: PIXEL }], network: null };
  const { id: media } = await saveMedia(ctx, { data: PIXEL, ...described }, sources);
  const generation = await createGeneration(ctx, {
    kind: 'image',
    prompt: `${mark} wish`,
    count: 1,
    settings: {},
    metadata: {},
  });
  const upload = UploadId.parse(uuidv7());
  await putUpload(ctx, upload, new Blob([`${mark} bytes`]).stream());
  const { id: collection } = await createCollection(ctx, { name: `${mark} collection` });
  await changeItems(ctx, { id: collection, add: [media], remove: [] });
  const { id: gone } = await saveMedia(ctx, { data: PIXEL });
  await purgeMedia(ctx, { ids: [gone] });
  const { items: receipts } = await listReceipts(ctx, { limit: 1 });
  return {
    library: ctx.library,
    media,
    generation: generation.id,
    collection,
    upload,
    receipt: receipts[0]?.id ?? '',
    session: uuidv7(),
    claim: uuidv7(),
  };
}

/** Something of one's own, so that an answer which should be empty is not so by chance. Made anew for every call. */
async function fillLightly(ctx: LibraryCtx): Promise<void> {
  await addRow(ctx, { prompt: 'of the asker' });
  await addCollection(ctx, 'of the asker');
}

/** What each procedure is asked with. One that is missing here fails the test below. */
const INPUTS: Record<string, (target: Target) => unknown> = {
  'media.save': ({ upload }) => ({ upload }),
  'media.import': () => ({ entries: [`data:image/png;base64,${PIXEL}`, 'https://10.0.0.1/a.png'] }),
  'media.previewImport': () => ({ entries: [`data:image/png;base64,${PIXEL}`] }),
  'media.list': ({ collection }) => ({ collection }),
  'media.get': ({ media }) => ({ id: media }),
  'media.update': ({ media }) => ({ id: media, starred: true }),
  'media.remove': ({ media }) => ({ id: media }),
  'media.trash': ({ media }) => ({ ids: [media] }),
  'media.restore': ({ media }) => ({ ids: [media] }),
  'media.restoreOne': ({ media }) => ({ id: media }),
  'media.purge': ({ media }) => ({ ids: [media] }),
  'generation.create': () => ({ kind: 'image', prompt: 'a wish of my own' }),
  'generation.list': () => ({}),
  'generation.get': ({ generation }) => ({ id: generation }),
  'generation.cancel': ({ generation }) => ({ id: generation }),
  'generation.models': () => undefined,
  'receipt.list': () => ({}),
  'receipt.get': ({ receipt }) => ({ id: receipt }),
  'collection.list': () => undefined,
  'collection.create': () => ({ name: 'a collection of my own' }),
  'collection.rename': ({ collection }) => ({ id: collection, name: 'taken over' }),
  'collection.remove': ({ collection }) => ({ id: collection }),
  'collection.changeItems': ({ collection, media }) => ({ id: collection, add: [media], remove: [] }),
  'session.me': () => undefined,
  'guest.ensure': () => ({}),
  'sync.changes': ({ library }) => ({ cursor: null, schema: SYNC_SCHEMA, adopt: { library, version: 0 } }),
  'sync.window': () => ({}),
  'sync.digest': () => undefined,
  'sync.push': ({ media, collection }) => ({
    clientId: uuidv7(),
    ops: [
      { seq: 1, type: 'patch', id: media, patch: { starred: true } },
      { seq: 2, type: 'trash', id: media },
      { seq: 3, type: 'restore', id: media },
      { seq: 4, type: 'collect', id: media, add: [collection], remove: [] },
      { seq: 5, type: 'purge', id: media },
      { seq: 6, type: 'collection-rename', id: collection, name: 'taken over' },
      { seq: 7, type: 'collection-delete', id: collection },
    ],
  }),
  'sync.onPoke': ({ library }) => ({ library }),
  'account.methods': () => undefined,
  'account.signUp': () => ({ email: newEmail(), password: 'a fair passphrase' }),
  'account.signIn': () => ({ email: newEmail(), password: 'a fair passphrase' }),
  'account.requestLink': () => ({ email: newEmail() }),
  'account.openLink': () => ({ token: newToken() }),
  'account.requestReset': () => ({ email: newEmail() }),
  'account.reset': () => ({ token: newToken(), password: 'a fair passphrase' }),
  'account.confirmEmailChange': () => ({ token: newToken() }),
  'account.signOut': () => ({}),
  'account.me': () => undefined,
  'account.update': () => ({ name: 'Somebody' }),
  'account.changePassword': () => ({ next: 'a fair passphrase' }),
  'account.requestEmailChange': () => ({ email: newEmail() }),
  'account.devices': () => undefined,
  'account.signOutDevice': ({ session }) => ({ id: session }),
  'account.signOutEverywhere': () => ({}),
  'account.unlinkProvider': () => ({ provider: 'google' }),
  'account.audit': () => ({}),
  'privacy.summary': () => undefined,
  'privacy.deletion': () => undefined,
  'privacy.deleteAccount': () => ({}),
  'privacy.takeBack': () => ({}),
  'privacy.eraseLibrary': ({ library }) => ({ library }),
  'privacy.receipt': () => ({ id: uuidv7() }),
  'claim.preview': () => undefined,
  'claim.accept': ({ library }) => ({ library }),
  'claim.keepApart': ({ library }) => ({ library }),
  'claim.undo': ({ claim }) => ({ id: claim }),
  'claim.list': () => undefined,
};

type Call = { name: string; run: (jar: Jar, target: Target) => Promise<Response> };

const CALLS: Call[] = [
  ...listProcedures().map(({ path, type }): Call => ({
    name: path,
    run: (jar, target) => {
      const input = INPUTS[path]?.(target);
      if (type === 'mutation') return jar.fetch(`/api/trpc/${path}`, { json: input });
      const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
      return jar.fetch(`/api/trpc/${path}${query}`);
    },
  })),
  ...['original', 'preview', 'thumb', 'poster', 'source-1'].flatMap((role): Call[] => [
    { name: `bytes of ${role}`, run: (jar, { media }) => jar.fetch(`/media/${media}/${role}`) },
    {
      name: `HEAD of ${role}`,
      run: (jar, { media }) => jar.fetch(`/media/${media}/${role}`, { method: 'HEAD' }),
    },
    {
      name: `range of ${role}`,
      run: (jar, { media }) =>
        jar.fetch(`/media/${media}/${role}`, { headers: { range: 'bytes=0-9', 'if-none-match': '*' } }),
    },
  ]),
  ...(['HEAD', 'PATCH'] as const).map((method): Call => ({
    name: `${method} of an upload`,
    run: (jar, { upload }) =>
      jar.fetch(`/api/v1/uploads/${upload}`, {
        method,
        headers: { 'upload-offset': '5', 'upload-length': '9' },
      }),
  })),
  {
    // Of an archive of one's own, no two are alike: what counts is whether the victim is in it.
    name: 'the export',
    run: async (jar) => {
      const response = await jar.fetch('/api/v1/export');
      const found = (await response.text()).match(/of the victim\W\w+/g);
      return new Response(found?.join(), { status: response.status });
    },
  },
  {
    name: 'the header x-library',
    run: (jar, { library }) => jar.fetch('/api/v1/media', { headers: { 'x-library': library } }),
  },
];

/** A stream is read until it has said something, for at most a second. */
async function readSome(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text();
  let text = '';
  const late = setTimeout(() => void response.body?.cancel().catch(() => {}), 1000);
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (/\n\n.+\n\n/s.test(text)) break;
  }
  clearTimeout(late);
  return text;
}

type Answer = { status: number; text: string };

/** An answer with the ids that were asked for, and those of this moment, taken out of it. */
async function ask(call: Call, jar: Jar, target: Target): Promise<Answer> {
  const response = await call.run(jar, target);
  let text = await readSome(response);
  for (const id of Object.values(target)) text = text.replaceAll(id, 'the id');
  return { status: response.status, text };
}

const jarWith = (cookies: Record<string, string>) => {
  const jar = new Jar();
  for (const [name, value] of Object.entries(cookies)) jar.cookies.set(name, value);
  return jar;
};

/** What the same person would be told of a new item differs by its id and time alone. */
const plain = ({ status, text }: Answer): Answer => ({
  status,
  text: text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(\.\d+)?/g, 'an id')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'a time')
    .replaceAll(/"(version|seed|mix)":\d+/g, '"$1":0'),
});

export function describeIsolation() {
  const server = useTestServer();
  let victim: Guest;
  let theirs: Target;
  const MARK = 'of the victim';

  beforeAll(async () => {
    globalThis.afterimageServer = Promise.resolve(server());
    victim = await newGuest(server());
    const [claimed, signIn] = [await newGuest(server()), await newSignIn(server())];
    theirs = { ...(await fill(victim, MARK)), claim: (await claimInto(claimed, signIn)).id };
  });
  afterAll(() => {
    globalThis.afterimageServer = undefined;
  });

  /** Everybody who is not the victim. A credential that is dead is nobody's. */
  const ASKERS: Record<string, () => Promise<Jar>> = {
    nobody: async () => new Jar(),
    'another guest': async () => {
      const guest = await newGuest(server());
      await fillLightly(guest);
      return jarWith({ guest: guest.token });
    },
    'another account': async () => {
      const user = await newUser(server());
      await fillLightly(await newLibrary(server(), user));
      return jarWith(Object.fromEntries([await signInAs(server(), user)]));
    },
    'an account without a library': async () =>
      jarWith(Object.fromEntries([await signInAs(server(), await newUser(server()))])),
    'an account whose session was ended': async () => {
      const user = await newUser(server());
      await fillLightly(await newLibrary(server(), user));
      const cookie = await signInAs(server(), user);
      await asServer(server(), (tx) => revokeSessions(tx, new Date(), user.userId, null));
      return jarWith(Object.fromEntries([cookie]));
    },
    'an account whose session has run out': async () => {
      const user = await newUser(server());
      const cookie = await signInAs(server(), user);
      await asServer(server(), (tx) =>
        tx
          .update(authSessions)
          .set({ absoluteExpiresAt: new Date(0) })
          .where(eq(authSessions.userId, user.userId)),
      );
      return jarWith(Object.fromEntries([cookie]));
    },
    'a guest whose session has run out': async () => {
      const { token, actor } = await makeGuest(server());
      await asServer(server(), (tx) =>
        tx
          .update(guestSessions)
          .set({ expiresAt: new Date(0) })
          .where(eq(guestSessions.id, actor.sessionId)),
      );
      return jarWith({ guest: token });
    },
    'a guest whose library was claimed': async () => {
      const guest = await newGuest(server());
      await addRow(guest);
      await claimInto(guest, await newSignIn(server()));
      return jarWith({ guest: guest.token });
    },
    'an account that holds a guest’s cookie': async () => {
      const guest = await newGuest(server());
      await addRow(guest);
      return jarWith({
        guest: guest.token,
        ...Object.fromEntries([await signInAs(server(), await newUser(server()))]),
      });
    },
    'somebody with a made-up cookie': async () => jarWith({ guest: 'A'.repeat(43), library: theirs.library }),
    'somebody with a broken cookie': async () => jarWith({ guest: "' or 1=1 --", library: theirs.library }),
    'somebody with a broken session': async () => jarWith({ session: 'x.y.z', library: theirs.library }),
  };

  test('every procedure is in the matrix', () => {
    const paths = listProcedures().map(({ path }) => path);
    expect(paths.filter((path) => INPUTS[path] === undefined)).toEqual([]);
    expect(Object.keys(INPUTS).filter((path) => !paths.includes(path))).toEqual([]);
  });

  test('the owner is answered, so that what others are refused is there', async () => {
    const jar = jarWith({ guest: victim.token });
    const shown = CALLS.filter(({ name }) =>
      ['media.get', 'media.list', 'collection.list', 'generation.get', 'sync.window'].includes(name),
    );
    const texts = await Promise.all(shown.map(async ({ run }) => (await run(jar, theirs)).text()));
    expect(texts).toHaveLength(5);
    expect(texts.filter((text) => !text.includes(MARK))).toEqual([]);
    expect((await jar.fetch(`/media/${theirs.media}/thumb`)).status).toBe(200);
    expect((await jar.fetch(`/api/v1/receipts/${theirs.receipt}`)).status).toBe(200);
  });

  test.each(Object.keys(ASKERS))('%s', async (name) => {
    const before = await readCursor(victim);
    for (const call of CALLS) {
      const make = ASKERS[name];
      if (!make) continue;
      const [one, other] = [await make(), await make()];
      const foreign = await ask(call, one, theirs);
      const absent = await ask(call, other, missing());
      expect.soft(plain(foreign), call.name).toEqual(plain(absent));
      expect.soft(foreign.text, call.name).not.toContain(MARK);
      for (const id of Object.values(theirs)) expect.soft(foreign.text, call.name).not.toContain(id);
    }
    expect(await readCursor(victim), 'the version of the victim').toBe(before);
  });
}
