import { expect, test } from 'vitest';
import { createBodyRoom, readBody } from './body.ts';

const NETWORKS = { one: '192.0.2.1', other: '192.0.2.2' };

/** A body whose sender goes on only when told. */
function slowRequest(...chunks: number[]) {
  const going = Promise.withResolvers<void>();
  const left = [...chunks];
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const bytes = left.shift();
      if (bytes !== undefined) return controller.enqueue(new Uint8Array(bytes));
      await going.promise;
      controller.close();
      return undefined;
    },
  });
  const init = { method: 'POST', body, duplex: 'half' };
  return { request: new Request('http://localhost/', init), end: going.resolve };
}

const room = () => createBodyRoom({ room: 100, share: 60 });
const taken = (body: Uint8Array) => Promise.resolve(body.byteLength);

test('a body counts against its network and against all, until its use has ended', async () => {
  const bodies = room();
  const first = slowRequest(50);
  const using = Promise.withResolvers<void>();
  const done = bodies.hold(first.request, { max: 99, network: NETWORKS.one }, () => using.promise);
  const of = (network: string | null, bytes: number) => {
    const { request, end } = slowRequest(bytes);
    end();
    return bodies.hold(request, { max: 99, network }, taken);
  };
  await expect.poll(() => of(NETWORKS.one, 20).catch(({ code }) => code)).toBe('UNAVAILABLE');
  expect(await of(NETWORKS.one, 10)).toBe(10);
  expect(await of(NETWORKS.other, 50)).toBe(50);
  expect(await of(null, 50)).toBe(50);
  await expect(of(NETWORKS.other, 51)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfter: 5 });
  first.end();
  await expect(of(NETWORKS.one, 20)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  using.resolve();
  await done;
  expect(await of(NETWORKS.one, 60)).toBe(60);
});

test('what was refused gives its place back', async () => {
  const bodies = room();
  const large = slowRequest(40, 40);
  await expect(bodies.hold(large.request, { max: 99, network: NETWORKS.one }, taken)).rejects.toThrow(
    'large',
  );
  const again = slowRequest(60);
  again.end();
  expect(await bodies.hold(again.request, { max: 99, network: NETWORKS.one }, taken)).toBe(60);
});

test('where there is no room, what has been coming for long makes way for who comes, of those who hold most first', async () => {
  const bodies = createBodyRoom({ room: 100, share: 60, patience: 0 });
  const begin = (network: string, ...chunks: number[]) => {
    const { request, end } = slowRequest(...chunks);
    const done = bodies.hold(request, { max: 99, network }, taken).catch(({ code }) => code);
    return { done, end };
  };
  const small = begin(NETWORKS.other, 10);
  const slow = begin(NETWORKS.one, 30);
  const slower = begin(NETWORKS.one, 30);
  const third = begin('192.0.2.3', 30);
  third.end();
  expect(await third.done).toBe(30);
  const fourth = begin('192.0.2.4', 40);
  fourth.end();
  expect(await fourth.done).toBe(40);
  expect(await slow.done).toBe('UNAVAILABLE');
  for (const { end } of [small, slower]) end();
  expect([await small.done, await slower.done]).toEqual([10, 30]);
});

test('a body that has only just begun makes way for nobody', async () => {
  const bodies = room();
  const first = slowRequest(60);
  const done = bodies.hold(first.request, { max: 99, network: NETWORKS.one }, taken);
  const late = slowRequest(50);
  await expect(bodies.hold(late.request, { max: 99, network: NETWORKS.other }, taken)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
  first.end();
  expect(await done).toBe(60);
});

test('more than it may have, and a body that stops coming, are refused', async () => {
  await expect(readBody(slowRequest(50, 50).request, 99)).rejects.toMatchObject({ code: 'TOO_LARGE' });
  await expect(readBody(slowRequest(50).request, 99, { silence: 20 })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('stopped coming'),
  });
});
