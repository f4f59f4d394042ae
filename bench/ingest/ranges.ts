/** Parts of a large file over HTTP: through our route, through its part that serves bytes, and from a bare server. */
import { createReadStream } from 'node:fs';
import fs from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { uuidv7 } from 'uuidv7';
import { MediaId } from '#core/media.ts';
import { guestCookie } from '#server/auth/cookies.ts';
import { makeGuest } from '#server/auth/guest.ts';
import { startEmbedded } from '#server/db/embedded.ts';
import { writeLibrary } from '#server/db/doors.ts';
import { migrateDatabase } from '#server/db/migrate.ts';
import { serveMediaFile } from '#server/http/media-file.ts';
import { serveObject } from '#server/http/serve-bytes.ts';
import { insertMedia, stageFiles } from '#server/media/ingest.ts';
import { openServer } from '#server/server.ts';
import { createDiskStorage } from '#server/storage/disk.ts';

const FILE_BYTES = 64 * 2 ** 20;
const SOURCES = ['bare', 'serves bytes', 'whole route'] as const;
export type RangeSource = (typeof SOURCES)[number];
export const RANGES = { '64 KiB': 64 * 1024, '1 MiB': 2 ** 20, 'the whole file': FILE_BYTES };
export type RangeName = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES).filter((name): name is RangeName => name in RANGES);

type Answer = (request: Request) => Promise<Response>;

/** What a framework does between a socket and a web request, and no more. */
async function listen(
  answer: (request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>,
) {
  const server = http.createServer((request, response) => {
    answer(request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const { port } = address;
  return { port, close: () => new Promise<void>((resolve) => void server.close(() => resolve())) };
}

const asWeb = (answer: Answer) =>
  listen(async (request, response) => {
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers))
      if (typeof value === 'string') headers.set(name, value);
    const found = await answer(new Request(`http://localhost${request.url}`, { headers }));
    response.writeHead(found.status, Object.fromEntries(found.headers));
    if (found.body) await pipeline(found.body, response);
    else response.end();
  });

const bare = (file: string) =>
  listen(async (request, response) => {
    const [, start = '0', end = ''] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const range = { start: Number(start), end: end === '' ? FILE_BYTES - 1 : Number(end) };
    response.writeHead(request.headers.range ? 206 : 200, { 'Content-Length': range.end - range.start + 1 });
    await pipeline(createReadStream(file, range), response);
  });

function read(port: number, agent: http.Agent, headers: http.OutgoingHttpHeaders): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.get({ port, host: '127.0.0.1', agent, headers, path: '/' }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.byteLength));
      response.on('end', () => resolve(bytes));
      response.on('error', reject);
      response.on('close', () => response.complete || reject(new Error('an answer broke off')));
    });
    request.on('error', reject);
  });
}

export type RangeTimes = Record<RangeSource, Record<RangeName, number[]>>;

const none = () => ({ '64 KiB': [], '1 MiB': [], 'the whole file': [] });

/** @returns Milliseconds of each request, the three servers taking turns. */
export async function measureRanges(folder: string, rounds: number): Promise<RangeTimes> {
  await using cleanup = new AsyncDisposableStack();
  await fs.chmod(folder, 0o755);
  const postgres = await startEmbedded(folder, { throwAway: true });
  cleanup.defer(() => postgres.stop());
  await migrateDatabase(postgres.url);
  const storage = await createDiskStorage(path.join(folder, 'storage'));
  const server = await openServer({
    databaseUrl: postgres.url,
    storage,
    role: 'sender',
    scratch: path.join(folder, 'scratch'),
  });
  cleanup.defer(() => server.close());
  globalThis.afterimageServer = Promise.resolve(server);

  const { token, actor } = await makeGuest(server);
  const ctx = { ...server, library: actor.library };
  const id = MediaId.parse(uuidv7());
  const about = { kind: 'video', mime: 'video/mp4', width: 1280, height: 720, durationMs: 60_000 } as const;
  const bytes = randomBytes(FILE_BYTES);
  const prepared = {
    ...about,
    bytes: FILE_BYTES,
    sha256: '',
    thumbhash: null,
    files: [],
    animated: false,
    embedded: null,
  };
  const [original] = await stageFiles(ctx, id, bytes, prepared);
  if (!original) throw new Error('nothing was staged');
  await writeLibrary(ctx, (tx, head) =>
    insertMedia(tx, head, ctx, { id, origin: 'uploaded' }, prepared, [original]),
  );

  const { key, sha256 } = original.object;
  const object = {
    storage,
    key,
    sha256,
    mime: about.mime,
    bytes: FILE_BYTES,
    filename: 'a.mp4',
    disposition: 'attachment',
  } as const;
  const servers = {
    bare: await bare(path.join(folder, 'storage/objects', ...key.split('/'))),
    'serves bytes': await asWeb((request) => serveObject(request, object)),
    'whole route': await asWeb((request) => serveMediaFile(request, { id, role: 'original' })),
  };
  const agent = new http.Agent({ keepAlive: true });
  cleanup.defer(async () => {
    agent.destroy();
    for (const source of SOURCES) await servers[source].close();
  });
  const cookie = `${guestCookie()}=${token}`;
  const times: RangeTimes = { bare: none(), 'serves bytes': none(), 'whole route': none() };
  for (let round = -2; round < rounds; round += 1)
    for (const name of RANGE_NAMES) {
      const length = RANGES[name];
      for (let turn = 0; turn < (length === FILE_BYTES ? 3 : 60); turn += 1) {
        const source = SOURCES[(turn + round + 2) % SOURCES.length] ?? 'bare';
        const start = Math.floor(Math.random() * (FILE_BYTES - length + 1));
        const range = length === FILE_BYTES ? {} : { range: `bytes=${start}-${start + length - 1}` };
        const began = performance.now();
        const got = await read(servers[source].port, agent, { cookie, ...range });
        const took = performance.now() - began;
        if (got !== length) throw new Error(`${source} gave ${got} bytes of ${length}`);
        if (round >= 0) times[source][name].push(took);
      }
    }
  return times;
}
