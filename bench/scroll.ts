/**
 * npm run bench:scroll [-- --items 100000]: the gallery of the real application from its first item to its last, in
 * headless Chromium: by wheel while every page is fetched, by wheel at reading speed, and by the scrubber.
 */
import os from 'node:os';
import { parseArgs } from 'node:util';
import { chromium, type CDPSession, type Page } from '@playwright/test';
import { sql } from 'drizzle-orm';
import { startApp } from '../e2e/server.ts';
import { findChromium } from '../scripts/find-chromium.ts';
import { say } from '../scripts/say.ts';
import { interrupted, root } from '../scripts/stages.ts';
import { LibraryId } from '../src/core/owner.ts';
import { connect } from '../src/server/db/client.ts';
import { writeLibrary } from '../src/server/db/doors.ts';
import { findEmbedded } from '../src/server/db/embedded.ts';
import { heapOf } from './sync/browser.ts';

/** Real pictures, with all their files; the other items are rows that show the same files. */
const ASPECTS = ['1:1', '3:2', '2:3', '16:9', '4:3', '9:16'];
/** Pixels of one turn of the wheel: past a whole page of items at once, and as somebody looks. */
const SPIN = 4000;
const STEP = 120;
const READING_MS = 15_000;
const DRAG_MS = 15_000;

const { values: options } = parseArgs({ options: { items: { type: 'string', default: '100000' } } });
const count = Number(options.items);
if (!Number.isInteger(count) || count < 1000) throw new Error('--items is a whole number, 1000 or more');

type Smoothness = { frames: number[]; tasks: number[]; tiles: number; bare: number };

declare global {
  var stopWatching: () => Smoothness;
}

/** Notes every frame and every task over 50 ms, the most tiles at once, and frames with no tile in sight. */
const watch = (page: Page) =>
  page.evaluate(() => {
    const seen: Smoothness = { frames: [], tasks: [], tiles: 0, bare: 0 };
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.tasks.push(duration);
    });
    observer.observe({ type: 'longtask' });
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- it runs in the page
    const hasTile = (part: number) =>
      document.elementFromPoint(innerWidth / 3, innerHeight * part)?.closest('[data-media-id]');
    let isOver = false;
    let last = performance.now();
    const frame = (now: number) => {
      if (isOver) return;
      seen.frames.push(now - last);
      last = now;
      seen.tiles = Math.max(seen.tiles, document.querySelectorAll('[data-media-id]').length);
      // One place may be a gap, or the header of a date.
      if (![0.25, 0.5, 0.75].some(hasTile)) seen.bare += 1;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    globalThis.stopWatching = () => {
      isOver = true;
      observer.disconnect();
      return seen;
    };
  });

const rows: string[] = [];

/** Processor time of the page's main thread so far, in ms: what others do on the machine is not in it. */
async function cpuOf(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
}

async function measure(page: Page, name: string, work: () => Promise<unknown>): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await watch(page);
  const [began, cpuBefore] = [performance.now(), await cpuOf(session)];
  await work();
  const seconds = (performance.now() - began) / 1000;
  const cpu = (await cpuOf(session)) - cpuBefore;
  await session.detach();
  const { frames, tasks, tiles, bare } = await page.evaluate(() => globalThis.stopWatching());
  const sorted = frames.slice(1).sort((a, b) => a - b);
  const at = (part: number) => (sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(1);
  const heap = ((await heapOf(page)) / 1e6).toFixed(0);
  const cells = [
    name,
    `${seconds.toFixed(0)} s`,
    sorted.length,
    at(0.5),
    at(0.95),
    at(1),
    (cpu / sorted.length).toFixed(1),
    tasks.length,
    Math.max(0, ...tasks).toFixed(0),
    tiles,
    bare,
    `${heap} MB`,
  ];
  rows.push(`| ${cells.join(' | ')} |`);
  say(`${name}: ${seconds.toFixed(0)} s`);
}

async function makePicture(page: Page, aspect: string): Promise<void> {
  const data = { prompt: `the shape ${aspect}`, kind: 'image', settings: { aspect } };
  const created = await page.request.post('/api/v1/generations', { data });
  if (created.status() !== 202) throw new Error(`No picture was begun: ${await created.text()}`);
  const { id }: { id: string } = await created.json();
  for (;;) {
    const made: { status: string } = await (await page.request.get(`/api/v1/generations/${id}`)).json();
    if (made.status === 'succeeded') return;
    if (!/queued|running|saving/.test(made.status)) throw new Error(`No picture was made: ${made.status}`);
    await page.waitForTimeout(100);
  }
}

/** Twenty minutes apart, so that 100,000 items are four years of them. */
async function fill(dataDir: string, library: LibraryId): Promise<void> {
  const postgres = await findEmbedded(dataDir);
  if (!postgres) throw new Error('The application has no Postgres of its own here.');
  const connection = connect(postgres.url, { max: 1 });
  const { db } = connection;
  try {
    await writeLibrary({ db, library }, async (tx, { version }) => {
      await tx.execute(sql`
        create temporary table copies on commit drop as
        select uuidv7() as id, n, made.id as of
        from generate_series(1, ${count - ASPECTS.length}::int) n
        join (select id, row_number() over (order by created_at, id) - 1 as nth from media) made
          on made.nth = n % ${ASPECTS.length}::int`);
      await tx.execute(sql`
        insert into media (id, library_id, version, kind, origin, prompt, provider, model, seed, width, height, mime, bytes,
                           sha256, thumbhash, roles, starred, created_at, settings, metadata)
        select copies.id, library_id, ${version}::bigint, kind, origin, prompt || ', number ' || n, provider, model, seed,
               width, height, mime, bytes, sha256, thumbhash, roles, n % 20 = 0,
               created_at - n * interval '20 minutes', settings, metadata
        from copies join media on media.id = copies.of`);
      await tx.execute(sql`
        insert into media_files (media_id, role, library_id, object_key, mime, width, height, bytes, sha256)
        select copies.id, role, library_id, object_key, mime, width, height, bytes, sha256
        from copies join media_files on media_files.media_id = copies.of`);
    });
    await db.execute(sql`analyze media`);
    await db.execute(sql`analyze media_files`);
  } finally {
    await connection.close();
  }
}

/** How far there is to go, in pixels; null once nothing more comes. */
const distanceLeft = (page: Page) =>
  page.evaluate(() => {
    const left = document.documentElement.scrollHeight - innerHeight - scrollY;
    return left < 4 && !document.body.innerText.includes('Loading more') ? null : left;
  });

/** Down until nothing comes any more. */
async function spinToEnd(page: Page): Promise<void> {
  for (let rests = 0; rests < 10;) {
    interrupted.throwIfAborted();
    const left = await distanceLeft(page);
    rests = left === null ? rests + 1 : 0;
    if (left === null || left < 4) await page.waitForTimeout(20);
    else await page.mouse.wheel(0, SPIN);
  }
}

async function readOn(page: Page, direction: 1 | -1): Promise<void> {
  for (const until = performance.now() + READING_MS; performance.now() < until;) {
    await page.mouse.wheel(0, direction * STEP);
    await page.waitForTimeout(30);
  }
}

/** From the end of the rail to its beginning, and back. */
async function dragScrubber(page: Page): Promise<void> {
  const box = await page.getByRole('slider', { name: 'Date' }).boundingBox();
  if (!box) throw new Error('There is no scrubber.');
  const x = box.x + box.width / 2;
  await page.mouse.move(x, box.y + box.height - 1);
  await page.mouse.down();
  for (const began = performance.now(); ;) {
    const part = (performance.now() - began) / DRAG_MS;
    if (part >= 1) break;
    await page.mouse.move(x, box.y + Math.abs(1 - 2 * part) * (box.height - 1));
    await page.waitForTimeout(16);
  }
  await page.mouse.up();
}

await using cleanup = new AsyncDisposableStack();
const app = await startApp();
cleanup.defer(() => app.remove());
const { path: executablePath } = await findChromium(root);
const browser = await chromium.launch({ executablePath });
cleanup.defer(() => browser.close());
const context = await browser.newContext({ baseURL: app.url, viewport: { width: 1280, height: 800 } });
const page = await context.newPage();

for (const aspect of ASPECTS) await makePicture(page, aspect);
const cookies = await context.cookies();
const library = LibraryId.parse(cookies.find(({ name }) => name === 'library')?.value);
await fill(app.dataDir, library);
say(`${count} items are in the library`);

await page.goto('/gallery');
await page.locator('[data-media-id]').first().waitFor();
await page.mouse.move(640, 400);
await measure(page, 'wheel, reading, first rows', () => readOn(page, 1));
await measure(page, 'wheel, to the last item, all fetched', () => spinToEnd(page));
const last = await page.locator(`[data-media-id][data-index="${count - 1}"]`).count();
if (last !== 1) throw new Error(`The end was reached without the item ${count}.`);
await measure(page, 'wheel, reading, last rows', () => readOn(page, -1));
await measure(page, 'scrubber, to the first item and back', () => dragScrubber(page));

const [cpu] = os.cpus();
console.log(
  `\n${count} items; ${os.cpus().length} cores (${cpu?.model.trim()}), Chromium ${browser.version()}, load ${os.loadavg()[0]?.toFixed(1)}\n`,
);
console.log(
  '| pass | time | frames | ms, p50 | p95 | longest | processor, ms a frame | tasks over 50 ms | longest task, ms | most tiles | frames without a tile | heap after |',
);
console.log('|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|');
console.log(rows.join('\n'));
