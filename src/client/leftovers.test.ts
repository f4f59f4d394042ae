import { describe, expect, test, vi } from 'vitest';
import type { SessionPort } from './session.ts';
import { shareLock } from './sync/cross-tab.ts';
import { useOf } from './sync/engine.ts';
import { RemoteError } from './sync/remote-port.ts';
import { browse, first, guest, names, nobody, opened, second, star, third } from './testing/browse.ts';

/** A session that ends elsewhere with one change on its way. */
async function leaveUnsent() {
  const { session, jar } = browse({ cookie: first, me: guest(first) });
  const engine = await opened(session, first);
  await engine?.act([star]);
  jar.me = nobody;
  await session.refresh();
  await vi.waitFor(() => expect(session.getState().engine).toBeNull());
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { session, jar };
}

describe('what was not sent when a session was ended from elsewhere', () => {
  test('waits here for the same owner, also through a new page', async () => {
    const { session, jar } = await leaveUnsent();
    expect(session.getState().signedOut).toEqual({ library: first, was: null, unsent: 1 });
    expect(jar.cookie).toBeNull();
    expect(await names()).toEqual([`afterimage:1:${first}`]);

    const { session: later } = browse(jar);
    await later.refresh();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(later.getState().signedOut).toEqual({ library: first, was: null, unsent: 1 });
    expect(await names()).toEqual([`afterimage:1:${first}`]);

    const { session: back } = browse({ signedOut: jar.signedOut, cookie: first, me: guest(first) });
    await back.refresh();
    const engine = await opened(back, first);
    expect(engine?.getState().snapshot.outbox).toMatchObject([{ op: star }]);
    expect(back.getState().signedOut).toBeNull();
  });

  test('is not mistaken for that of a guest who comes while it is counted', async () => {
    const { session, jar } = browse({ cookie: first, me: guest(first) });
    const engine = await opened(session, first);
    if (!engine) throw new Error('nothing is open');
    const counted = Promise.withResolvers<void>();
    const { refresh } = engine.db;
    vi.spyOn(engine.db, 'refresh').mockImplementation(async () => {
      await counted.promise;
      return refresh();
    });
    jar.me = nobody;
    const asked = session.refresh();
    await vi.waitFor(() => expect(engine.db.refresh).toHaveBeenCalled());
    jar.cookie = second;
    jar.me = guest(second);
    await session.followCompanion();
    counted.resolve();
    await asked;
    expect(session.getState().engine?.library).toBe(second);
    expect(jar.cookie).toBe(second);
  });

  test('goes when another owner comes', async () => {
    const { jar } = await leaveUnsent();
    const { session } = browse({ signedOut: jar.signedOut, cookie: second, me: guest(second) });
    await session.refresh();
    await opened(session, second);
    expect(session.getState().signedOut).toBeNull();
    await vi.waitFor(async () => expect(await names()).toEqual([`afterimage:1:${second}`]));
  });

  test('goes when the person lets go of it', async () => {
    const { session } = await leaveUnsent();
    session.dismissSignedOut();
    await session.refresh();
    await vi.waitFor(async () => expect(await names()).toEqual([]));
    expect(session.getState().signedOut).toBeNull();
  });
});

async function leaveBehind() {
  const { session } = browse({ cookie: first, me: guest(first) });
  const engine = await opened(session, first);
  await engine?.act([star]);
  engine?.dispose();
  const client = engine?.getState().snapshot.client.id;
  return { client, stored: `afterimage:1:${first}`, own: `afterimage:1:${second}` };
}

/** As on a device that is too busy to answer in time: the page goes on in memory. */
function failToOpen() {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  return vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('busy', 'UnknownError');
  });
}

describe('a library that was left behind by an earlier visit', () => {
  test('is deleted once the server has said that another is the owner', async () => {
    const { stored, own } = await leaveBehind();
    const { session } = browse({ cookie: second, me: guest(second) });
    const engine = await opened(session, second);
    expect(await names()).toEqual([stored, own]);
    await session.refresh();
    await vi.waitFor(async () => expect(await names()).toEqual([own]));
    expect(engine?.db.latest.outbox).toEqual([]);
  });

  test('and merged meanwhile hands over what it had not sent', async () => {
    const { client, own } = await leaveBehind();
    const { session } = browse({ cookie: second, me: guest(second), moved: new Map([[first, second]]) });
    const engine = await opened(session, second);
    await session.refresh();
    await vi.waitFor(async () => expect(await names()).toEqual([own]));
    expect((await engine?.db.refresh())?.outbox).toMatchObject([{ op: star, clientId: client }]);
  });

  test('is deleted though it does not open', async () => {
    const { own } = await leaveBehind();
    const { session } = browse({ cookie: second, me: guest(second) });
    await opened(session, second);
    const stuck = failToOpen();
    await session.refresh();
    await vi.waitFor(async () => expect(await names()).toEqual([own]));
    stuck.mockRestore();
  });

  test('and merged meanwhile stays while it does not open, and then hands over', async () => {
    const { client, stored, own } = await leaveBehind();
    const forgetThumbs = vi.fn<SessionPort['forgetThumbs']>(async () => {});
    const jar = { cookie: second, me: guest(second), moved: new Map([[first, second]]) };
    const { session } = browse(jar, { forgetThumbs });
    const engine = await opened(session, second);
    const stuck = failToOpen();
    await session.refresh();
    await vi.waitFor(() => expect(stuck).toHaveBeenCalled());
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await names()).toEqual([stored, own]);
    expect(forgetThumbs).not.toHaveBeenCalled();
    stuck.mockRestore();
    await session.refresh();
    await vi.waitFor(async () => expect(await names()).toEqual([own]));
    expect((await engine?.db.refresh())?.outbox).toMatchObject([{ op: star, clientId: client }]);
  });

  test('stays while the server cannot say', async () => {
    const { stored, own } = await leaveBehind();
    const unknown = new RemoteError('NETWORK', 'Out of reach.');
    const { session } = browse({ cookie: second, me: guest(second), moved: new Map([[first, unknown]]) });
    await opened(session, second);
    await session.refresh();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await names()).toEqual([stored, own]);
  });

  test('stays while another tab shows it', async () => {
    const { stored, own } = await leaveBehind();
    const closing = new AbortController();
    shareLock(useOf(first), closing.signal);
    const { session } = browse({ cookie: second, me: guest(second) });
    await opened(session, second);
    await session.refresh();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await names()).toEqual([stored, own]);
    closing.abort();
    await vi.waitFor(async () => {
      await session.refresh();
      expect(await names()).toEqual([own]);
    });
  });
});

test('a library that was merged into another takes what was not sent along, under its old name', async () => {
  const { session, jar, remote } = browse({ cookie: first, me: guest(first) });
  const engine = await opened(session, first);
  await engine?.reconcile();
  await engine?.act([star]);
  jar.cookie = third;
  jar.me = guest(third);
  remote.push = async () => ({ epoch: 'other', acks: [] });
  jar.moved.set(first, third);
  await engine?.reconcile();
  const next = await opened(session, third);
  expect(next?.getState().snapshot.outbox).toMatchObject([
    { op: { ...star, seq: 1 }, clientId: engine?.getState().snapshot.client.id },
  ]);
  expect(await names()).toEqual([`afterimage:1:${third}`]);
});

test('signing out deletes what an earlier visit stored, though this one could not open it', async () => {
  await leaveBehind();
  const stuck = failToOpen();
  const { session } = browse({ cookie: first, me: guest(first) });
  expect((await opened(session, first))?.db.isKept).toBe(false);
  stuck.mockRestore();
  await session.resetOwner();
  expect(await names()).toEqual([]);
});

test('signing out before the library is open deletes it all the same', async () => {
  await leaveBehind();
  const { session, jar } = browse({ cookie: first, me: guest(first) });
  expect(session.getState().engine).toBeNull();
  await session.resetOwner();
  expect(await names()).toEqual([]);
  expect(jar.cookie).toBeNull();
});

test('signing out waits for a library that is on its way out already', async () => {
  const { session, jar } = browse({ cookie: first, me: guest(first) });
  await opened(session, first);
  jar.me = nobody;
  await session.refresh();
  expect(session.getState().engine).toBeNull();
  await session.resetOwner();
  expect(await names()).toEqual([]);
});
