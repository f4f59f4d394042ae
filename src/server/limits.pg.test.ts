import { expect, test } from 'vitest';
import { LIMITS } from './limits.ts';
import { Jar } from './testing/api.ts';
import { newGuest, newUser, signInAs, useTestServer } from './testing/server.ts';

const server = useTestServer();

const make = (address: string) =>
  new Jar().fetch('/api/trpc/guest.ensure', { json: {}, headers: { 'x-client-address': address } });

test('the call after the last allowed one is refused, and told when to come back', async () => {
  const { limits } = server();
  const subject = 'somebody';
  for (let call = 0; call < LIMITS.signIn.calls; call += 1) await limits.take('signIn', subject);
  await expect(limits.take('signIn', subject)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  const refusal: unknown = await limits.take('signIn', subject).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ retryAfter: expect.any(Number) });
  await limits.take('signIn', 'somebody else');
  await limits.take('signUpFrom', subject);
  await limits.forgive('signIn', subject);
  await limits.take('signIn', subject);
});

test('calls at once are each counted', async () => {
  const { limits } = server();
  const outcomes = await Promise.allSettled(
    Array.from({ length: 3 * LIMITS.signIn.calls }, () => limits.take('signIn', 'in a hurry')),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(LIMITS.signIn.calls);
});

test('nothing that names a person is kept', async () => {
  await server().limits.take('signIn', 'ada@example.org');
  const { rateLimits } = await import('./db/identity.ts');
  const kept = await server().db.select().from(rateLimits);
  expect(kept.filter(({ key }) => key.includes('ada'))).toEqual([]);
});

test('over the API: 429 with Retry-After, by both doors, each call of a batch counted', async () => {
  globalThis.afterimageServer = Promise.resolve(server());
  const guest = await newGuest(server());
  const jar = new Jar();
  jar.cookies.set('guest', guest.token);
  for (let call = 0; call < LIMITS.write.calls - 5; call += 1)
    await server().limits.take('write', guest.library);
  const batch = Array.from({ length: 10 }, () => 'guest.ensure').join(',');
  const json = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [index, {}]));
  const answer = await jar.fetch(`/api/trpc/${batch}?batch=1`, { json });
  expect(answer.status).toBe(207);
  const results: unknown = await answer.json();
  const refused = Array.isArray(results) ? results.filter((result) => 'error' in result) : [];
  expect(refused).toHaveLength(5);
  expect(refused[0]).toMatchObject({ error: { data: { appCode: 'RATE_LIMITED', httpStatus: 429 } } });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);

  const rest = await jar.fetch('/api/v1/media/01900000-0000-7000-8000-000000000001/restore', { json: {} });
  expect(rest.status).toBe(429);
  expect(Number(rest.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await jar.fetch('/api/v1/media')).status).toBe(200);
});

const refused = (words: unknown) => ({ result: { data: { refused: words } } });

test('a download that would be refused is told on the page that offers it, and counts nothing there', async () => {
  globalThis.afterimageServer = Promise.resolve(server());
  const guest = await newGuest(server());
  const jar = new Jar();
  jar.cookies.set('guest', guest.token);
  const summary = async (): Promise<unknown> => (await jar.fetch('/api/trpc/privacy.summary')).json();
  for (let call = 0; call < LIMITS.export.calls; call += 1) {
    expect(await summary()).toMatchObject(refused(null));
    await server().limits.take('export', guest.library);
  }
  expect(await summary()).toMatchObject(
    refused(expect.stringMatching(/ten times within an hour.* 60 minutes/)),
  );
  expect((await jar.fetch('/api/v1/export')).status).toBe(429);
});

test('new guests are counted by network, and an IPv6 subscriber has one', async () => {
  globalThis.afterimageServer = Promise.resolve(server());
  for (let call = 0; call < LIMITS.guest.calls; call += 1)
    await server().limits.take('guest', '2001:db8:7:7::/64');
  expect((await make('2001:db8:7:7::1')).status).toBe(429);
  expect((await make('2001:db8:7:7:ffff::2')).status).toBe(429);
  expect((await make('2001:db8:7:8::1')).status).toBe(200);
});

const begin = (jar: Jar, address: string) =>
  jar.fetch('/api/v1/generations', {
    json: { kind: 'image', prompt: 'x' },
    headers: { 'x-client-address': address },
  });

test('guests of one network are counted together as well, accounts are not', async () => {
  const network = '192.0.2.77';
  for (let call = 0; call < LIMITS.generateFrom.calls; call += 1)
    await server().limits.take('generateFrom', network);
  const guest = await newGuest(server());
  const user = await newUser(server());
  const [ofGuest, ofUser] = [new Jar(), new Jar()];
  ofGuest.cookies.set('guest', guest.token);
  ofUser.cookies.set(...(await signInAs(server(), user)));
  expect((await begin(ofGuest, network)).status).toBe(429);
  expect((await begin(ofUser, network)).status).toBe(202);
  expect((await begin(ofGuest, '192.0.2.78')).status).toBe(202);
});
