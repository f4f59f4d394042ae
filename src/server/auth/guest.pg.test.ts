import { sql } from 'drizzle-orm';
import { afterEach, expect, test, vi } from 'vitest';
import { asServer } from '../db/doors.ts';
import { newGuest, useTestServer } from '../testing/server.ts';
import { ensureOwner, getActor } from './actor.ts';
import { findGuest } from './guest.ts';

const server = useTestServer();
afterEach(() => vi.unstubAllEnvs());

const DAY = 86_400_000;
const asking = (cookie: string, more: Record<string, string> = {}) => new Headers({ cookie, ...more });
const later = (days: number) => ({ db: server().db, now: () => new Date(Date.now() + days * DAY) });

test('the token opens its library; the database holds only its hash', async () => {
  const guest = await newGuest(server());
  const { actor, setCookies } = await getActor(server(), asking(`a=b; guest=${guest.token}`));
  expect(actor).toMatchObject({ type: 'guest', library: guest.library });
  expect(setCookies).toEqual([]);
  const stored = await asServer(server(), (tx) =>
    tx.execute<{ row: string }>(sql`select guest_sessions::text as row from guest_sessions`),
  );
  // As text, and as the bytes that a column of bytes prints.
  const traces = [
    guest.token,
    ...(['utf8', 'base64url'] as const).map((as) => Buffer.from(guest.token, as).toString('hex')),
  ];
  expect(stored.filter(({ row }) => traces.some((trace) => row.includes(trace)))).toEqual([]);
});

test.each(['', 'guest=', 'guest=short', `guest=${'A'.repeat(43)}`, 'guest=%00', '__Host-guest=x', ';;=;'])(
  'the cookie "%s" is nobody, and gets none in return',
  async (cookie) => {
    const { actor, setCookies } = await getActor(server(), asking(cookie));
    expect(actor).toEqual({ type: 'none' });
    expect(setCookies).toEqual([]);
  },
);

// Browsers bind what begins with `__Host-` to one host. A space of another kind before it, and they do not.
test.each(['\u00A0guest', 'guest\u00A0', '\u00A0guest\u00A0', '  guest'])(
  'a cookie named "%s" is not the guest’s',
  async (name) => {
    const [own, other] = [await newGuest(server()), await newGuest(server())];
    const { library } = await getActor(server(), asking(`guest=${own.token}; ${name}=${other.token}`));
    expect(library).toBe(own.library);
  },
);

test('a guest is renewed once a day by use, and is nobody 400 days after the last', async () => {
  const { token } = await newGuest(server());
  expect(await findGuest(later(0.5), token)).toMatchObject({ renewed: false });
  expect(await findGuest(later(2), token)).toMatchObject({ renewed: true });
  expect(await findGuest(later(2.5), token)).toMatchObject({ renewed: false });
  expect(await findGuest(later(401), token)).toMatchObject({ renewed: true });
  expect(await findGuest(later(802), token)).toBeNull();
});

test('a guest is told the day on which an absence begins to cost something', async () => {
  const { token } = await newGuest(server());
  const inDays = async (days: number) =>
    Math.round(
      ((await findGuest(later(days), token))?.actor.keptUntil.getTime() ?? 0) / DAY - Date.now() / DAY,
    );
  expect(await inDays(0)).toBe(90);
  expect(await inDays(40)).toBe(130);
});

test('the credential is out of reach of scripts, and bound to the host over https', async () => {
  const plain = await ensureOwner(server(), await getActor(server(), asking('')));
  expect(plain.setCookies).toEqual([
    expect.stringMatching(/^guest=[\w-]{43}; HttpOnly; Path=\/; Max-Age=34560000; SameSite=Lax$/),
    `library=${plain.library}; Path=/; Max-Age=34560000; SameSite=Lax`,
  ]);
  vi.stubEnv('NEXTAUTH_URL', 'https://gallery.example.org');
  const secure = await ensureOwner(server(), await getActor(server(), asking('')));
  expect(secure.setCookies[0]).toMatch(/^__Host-guest=.*; HttpOnly; .*; Secure$/);
  expect(secure.setCookies[1]).toMatch(/; Secure$/);
});

test('who owns a library already is given no other', async () => {
  const guest = await newGuest(server());
  const identity = await getActor(server(), asking(`guest=${guest.token}`));
  expect(await ensureOwner(server(), identity)).toBe(identity);
});

test('a request that means another library than its owner’s is refused', async () => {
  const [guest, other] = [await newGuest(server()), await newGuest(server())];
  const cookie = `guest=${guest.token}`;
  await expect(getActor(server(), asking(cookie, { 'x-library': other.library }))).rejects.toMatchObject({
    code: 'OWNER_CHANGED',
  });
  const own = await getActor(server(), asking(cookie, { 'x-library': guest.library }));
  expect(own.library).toBe(guest.library);
});
