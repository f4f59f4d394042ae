import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import type http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { paint } from '../ingest/sample-media.ts';
import { createFetcher, type Fetcher } from './fetcher.ts';
import { readLink } from './link.ts';
import { systemNetwork } from './network.ts';
import { isPublicAddress } from './public-address.ts';
import { ADDRESS, HOST, openStandIn, OTHER_HOST, type StandIn } from './testing/stand-in.ts';

const MIB = 1024 * 1024;
let there: StandIn;
let folder: string;
let fetcher: Fetcher;
let picture: Buffer;

beforeAll(async () => {
  there = await openStandIn();
  folder = await mkdtemp(path.join(os.tmpdir(), 'afterimage-fetch-'));
  picture = await paint(300, 200).png().toBuffer();
  const times = { resolve: 1000, connect: 1000, headers: 400, idle: 400, whole: 1500 };
  fetcher = createFetcher({ folder, network: there.network, times, maxBytes: 2 * MIB });
});
afterAll(async () => {
  await there.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  there.asked.length = 0;
  there.connected.length = 0;
  there.paths.clear();
  there.paths.set('/a.png', (_request, response) => response.end(picture));
});

const fetch = async (url: string) =>
  fetcher.fetch(readLink(url), 'a library', async (file) => ({
    ...file,
    content: await readFile(file.path),
  }));

const at = (pathname: string, host = HOST) => `https://${host}${pathname}`;

/** Rejects as it should, and leaves no file behind. */
async function expectRefused(url: string, code: string, message: RegExp = /./) {
  const refusal: unknown = await fetch(url).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ name: 'AppError', code, message: expect.stringMatching(message) });
  expect(await readdir(folder)).toEqual([]);
}

const redirect =
  (to: string, status = 302) =>
  (_request: unknown, response: http.ServerResponse) =>
    void response.writeHead(status, { location: to }).end();

test('a file comes byte for byte, is hashed, and its copy goes when it was used', async () => {
  const file = await fetch(at('/a.png'));
  expect(file.content.equals(picture)).toBe(true);
  expect(file).toMatchObject({ bytes: picture.byteLength, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(await readdir(folder)).toEqual([]);
  expect(there.connected).toEqual([ADDRESS]);
});

test('nothing goes along that could tell who asks', async () => {
  await fetch(`${at('/a.png')}#fragment`);
  const [asked] = there.asked;
  expect(asked?.line).toBe(`${HOST} /a.png`);
  expect(Object.keys(asked?.headers ?? {}).sort()).toEqual([
    'accept',
    'accept-encoding',
    'connection',
    'host',
    'user-agent',
  ]);
  expect(asked?.headers).toMatchObject({ 'user-agent': 'Afterimage', 'accept-encoding': 'identity' });
});

test('the certificate must be for the name that was asked for', async () => {
  there.names.set('wrong.example.org', [[ADDRESS]]);
  await expectRefused(at('/a.png', 'wrong.example.org'), 'LINK_DEAD', /certificate/);
  expect(there.asked).toEqual([]);
  await fetch(`https://${ADDRESS}/a.png`);
});

test('three redirects are followed and a fourth is not', async () => {
  there.paths.set('/1', redirect('/2'));
  there.paths.set('/2', redirect(at('/3', OTHER_HOST), 308));
  there.paths.set('/3', redirect('/a.png', 303));
  there.paths.set('/0', redirect('/1', 307));
  expect((await fetch(at('/1'))).bytes).toBe(picture.byteLength);
  expect(there.asked.map(({ line }) => line)).toEqual([
    `${HOST} /1`,
    `${HOST} /2`,
    `${OTHER_HOST} /3`,
    `${OTHER_HOST} /a.png`,
  ]);
  await expectRefused(at('/0'), 'LINK_DEAD', /more than 3 times/);
});

test.each([
  'https://169.254.169.254/latest/meta-data/',
  'http://pictures.example.org/a.png',
  'https://[::1]/a.png',
  'https://metadata.example.org/',
  'https://pictures.example.org:8443/a.png',
  'file:///etc/passwd',
  '//2130706433/a.png',
])('a redirect to %s is refused as the link itself would be', async (to) => {
  there.names.set('metadata.example.org', [['169.254.169.254']]);
  there.paths.set('/away', redirect(to));
  await expectRefused(at('/away'), 'LINK_REFUSED');
  expect(there.connected).toEqual([ADDRESS]);
});

test('a name that changes its mind is asked once for each connection, and only what was checked is connected to', async () => {
  there.names.set(OTHER_HOST, [[ADDRESS], ['127.0.0.1']]);
  await fetch(at('/a.png', OTHER_HOST));
  expect(there.connected).toEqual([ADDRESS]);
  await expectRefused(at('/a.png', OTHER_HOST), 'LINK_REFUSED');
  expect(there.connected).toEqual([ADDRESS]);
  there.names.set(OTHER_HOST, [[ADDRESS]]);
});

test('one private address among public ones refuses the name', async () => {
  there.names.set('mixed.example.org', [[ADDRESS, '10.0.0.7']]);
  await expectRefused(at('/a.png', 'mixed.example.org'), 'LINK_REFUSED');
  expect(there.connected).toEqual([]);
});

test('whatever is not public, and what is not there, is answered with the same words', async () => {
  there.names.set('inside.example.org', [['10.1.2.3']]);
  const answers = await Promise.all(
    [
      at('/', 'inside.example.org'),
      at('/', 'nowhere.example.org'),
      'https://10.0.0.1/',
      'https://[fd00::1]/',
    ].map((url) => fetch(url).catch((error: unknown) => String(error))),
  );
  expect(new Set(answers).size).toBe(1);
});

test('a body without end is cut at the cap', async () => {
  there.paths.set('/endless', (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.concat([picture, Buffer.alloc(64 * 1024)])));
    };
    response.on('drain', more);
    more();
  });
  await expectRefused(at('/endless'), 'TOO_LARGE', /2 MiB/);
});

test('a length that is announced beyond the cap is refused before the body', async () => {
  there.paths.set('/announced', (_request, response) => {
    response.writeHead(200, { 'content-length': 3 * MIB }).write(picture);
  });
  await expectRefused(at('/announced'), 'TOO_LARGE');
});

test('a length that promises more than comes is a file that broke off', async () => {
  there.paths.set('/short', (_request, response) => {
    response.writeHead(200, { 'content-length': picture.byteLength + 1 });
    response.write(picture, () => response.socket?.end());
  });
  await expectRefused(at('/short'), 'LINK_DEAD', /broke off/);
});

test('silence is not waited for: before the answer, in the middle of it, and drop by drop', async () => {
  there.paths.set('/silent', () => {});
  await expectRefused(at('/silent'), 'LINK_DEAD', /does not answer/);
  there.paths.set('/stalled', (_request, response) => void response.write(picture.subarray(0, 20)));
  await expectRefused(at('/stalled'), 'LINK_DEAD', /does not answer/);
  there.paths.set('/drops', (_request, response) => {
    const timer = setInterval(() => response.write(picture.subarray(0, 8)), 50);
    response.on('close', () => clearInterval(timer));
  });
  await expectRefused(at('/drops'), 'LINK_DEAD', /takes too long/);
});

test('what comes compressed although it was asked not to is not unpacked', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * MIB));
  there.paths.set('/bomb', (_request, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'image/png' }).end(bomb),
  );
  await expectRefused(at('/bomb'), 'LINK_REFUSED', /compressed/);
  there.paths.set('/bomb.png', (_request, response) => response.end(bomb));
  await expectRefused(at('/bomb.png'), 'UNSUPPORTED_MEDIA', /gzip/);
});

test('the bytes tell what a file is, not the type that it is sent with', async () => {
  there.paths.set('/page.png', (_request, response) =>
    response.writeHead(200, { 'content-type': 'image/png' }).end(`<!doctype html><p>${'sorry '.repeat(MIB)}`),
  );
  await expectRefused(at('/page.png'), 'UNSUPPORTED_MEDIA', /an HTML page/);
  there.paths.set('/text', (_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(picture),
  );
  expect((await fetch(at('/text'))).bytes).toBe(picture.byteLength);
  there.paths.set('/empty', (_request, response) => void response.end());
  await expectRefused(at('/empty'), 'BAD_INPUT', /empty/);
});

test.each([204, 206, 304, 401, 403, 404, 410, 429, 500, 503])(
  'an answer of %i is a dead link',
  async (status) => {
    there.paths.set('/gone', (_request, response) => void response.writeHead(status).end());
    await expectRefused(at('/gone'), 'LINK_DEAD', new RegExp(`answered ${status}`));
  },
);

test('what is no answer of HTTP is a dead link', async () => {
  there.paths.set('/odd', (_request, response) => void response.socket?.end('SSH-2.0-OpenSSH\r\n'));
  await expectRefused(at('/odd'), 'LINK_DEAD', /no proper answer/);
  there.paths.set('/hung-up', (_request, response) => void response.socket?.destroy());
  await expectRefused(at('/hung-up'), 'LINK_DEAD', /no proper answer/);
});

test('a probe reads no more than it needs, and says what a fetch would say', async () => {
  there.paths.set('/endless', (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.concat([picture, Buffer.alloc(64 * 1024)])));
    };
    response.on('drain', more);
    more();
  });
  await fetcher.probe(readLink(at('/endless')), 'a library');
  await expect(fetcher.probe(readLink(at('/gone')), 'a library')).rejects.toMatchObject({
    code: 'LINK_DEAD',
  });
});

test('one library has four under way at most, and has room again when they have ended', async () => {
  there.paths.set('/silent', () => {});
  const waiting = Array.from({ length: 4 }, () => fetch(at('/silent')).catch((error: unknown) => error));
  await expect.poll(() => there.asked.length).toBe(4);
  await expect(fetch(at('/a.png'))).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  await fetcher.probe(readLink(at('/a.png')), 'another library');
  await Promise.all(waiting);
  await fetch(at('/a.png'));
});

test('what a killed process left behind goes, and a folder that is missing is made', async () => {
  const deeper = path.join(folder, 'deeper');
  await mkdir(deeper);
  await writeFile(path.join(deeper, 'old'), 'of a killed process');
  await writeFile(path.join(deeper, 'new'), 'of another process');
  await utimes(path.join(deeper, 'old'), 0, 0);
  const made = createFetcher({ folder: deeper, network: there.network });
  const size = () => made.fetch(readLink(at('/a.png')), 'a library', async ({ bytes }) => bytes);
  expect(await size()).toBe(picture.byteLength);
  expect(await readdir(deeper)).toEqual(['new']);
  await rm(deeper, { recursive: true });
  expect(await size()).toBe(picture.byteLength);
  expect(await readdir(deeper)).toEqual([]);
  await rm(deeper, { recursive: true });
});

test('the system answers for names, and what is only this machine is not asked', async () => {
  const own = createFetcher({ folder });
  expect((await systemNetwork.resolve('localhost')).filter(isPublicAddress)).toEqual([]);
  await expect(
    own.probe({ url: new URL('https://localhost/'), host: 'localhost' }, 'a library'),
  ).rejects.toMatchObject({
    code: 'LINK_REFUSED',
  });
});
