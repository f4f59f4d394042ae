/**
 * npm run screenshot [-- --out docs --widths 390,820,1440 --url http://localhost:3000]: makes demo pictures and a clip
 * as a guest, then photographs Create and Gallery in light and dark; `screenshot.png` is the widest dark gallery.
 * Without --url it starts an app of its own.
 */
import fs from 'node:fs';
import path from 'node:path';
import { chromium, type APIRequestContext, type Page } from '@playwright/test';
import { z } from 'zod';
import { startApp } from '../e2e/server.ts';
import { Generation } from '../src/core/generation.ts';
import { findChromium } from './find-chromium.ts';
import { readArgs } from './read-args.ts';
import { say } from './say.ts';
import { root } from './stages.ts';

const REQUESTS = [
  { kind: 'image', prompt: 'a lighthouse above a violet sea at dusk', settings: { aspect: '3:2' } },
  { kind: 'image', prompt: 'misty mountains at sunrise, layers of blue', settings: { aspect: '16:9' } },
  { kind: 'image', prompt: 'a forest in autumn, gold and rust', settings: { aspect: '2:3' }, count: 2 },
  { kind: 'image', prompt: 'desert dunes under a full moon', settings: { aspect: '1:1' } },
  { kind: 'image', prompt: 'marble in emerald and gold', settings: { aspect: '4:5' } },
  { kind: 'image', prompt: 'a city of glass in the rain, neon', settings: { aspect: '16:9' }, count: 2 },
  { kind: 'image', prompt: 'northern lights over a frozen lake', settings: { aspect: '21:9' } },
  { kind: 'image', prompt: 'a sailing boat in a golden morning', settings: { aspect: '3:2' } },
  { kind: 'image', prompt: 'a field of red poppies under clouds', settings: { aspect: '16:9' } },
  { kind: 'image', prompt: 'a sleeping fox in fresh snow', settings: { aspect: '1:1' } },
  { kind: 'image', prompt: 'a nebula in rose and teal', settings: { aspect: '2:3' } },
  { kind: 'video', prompt: 'waves rolling in at night', settings: { aspect: '16:9' } },
];
const PAGES = { create: '/', gallery: '/gallery' };
const THEMES = ['light', 'dark'] as const;

const { values: options } = readArgs(
  'npm run screenshot [-- --out docs] [-- --widths 390,820] [-- --url URL]',
  {
    out: { type: 'string', default: 'docs' },
    widths: { type: 'string', default: '390,820,1440' },
    url: { type: 'string' },
  },
);
const Widths = z
  .string()
  .transform((text) => text.split(',').map((width) => z.coerce.number().int().min(200).parse(width)));

/** Asks for everything at once, and waits until all of it is saved. */
async function generate(request: APIRequestContext) {
  const ids: string[] = [];
  for (const data of REQUESTS) {
    const response = await request.post('/api/v1/generations', { data });
    if (response.status() !== 202) throw new Error(`The generation was refused: ${await response.text()}`);
    ids.push(Generation.pick({ id: true }).parse(await response.json()).id);
  }
  for (const id of ids) {
    for (;;) {
      const answer: unknown = await (await request.get(`/api/v1/generations/${id}`)).json();
      const { status, error } = Generation.pick({ status: true, error: true }).parse(answer);
      if (status === 'succeeded') break;
      if (status === 'failed' || status === 'cancelled')
        throw new Error(`Generation ${id} ${status}: ${error?.message}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

async function settle(page: Page) {
  await page.waitForFunction(() => {
    const seen = [...document.images].filter((image) => image.checkVisibility());
    return (
      document.fonts.status === 'loaded' && seen.every((image) => image.complete && image.naturalWidth > 0)
    );
  });
  // Fades end: a picture that is half faded in is no picture of the page.
  await page.waitForTimeout(600);
}

const widths = Widths.parse(options.widths);
const out = path.resolve(root, options.out);
fs.mkdirSync(out, { recursive: true });
const app = options.url === undefined ? await startApp() : null;
const browser = await chromium.launch({ executablePath: (await findChromium(root)).path });
try {
  const context = await browser.newContext({ baseURL: options.url ?? app?.url, deviceScaleFactor: 1 });
  await generate(context.request);
  say(`generated ${REQUESTS.length} requests`);
  const page = await context.newPage();
  for (const theme of THEMES) {
    for (const width of widths) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: width < 500 ? 844 : 900 });
      for (const [name, address] of Object.entries(PAGES)) {
        await page.goto(address, { waitUntil: 'load' });
        if (name === 'gallery') await page.locator('main img').first().waitFor();
        await settle(page);
        await page.screenshot({ path: path.join(out, `screenshot-${name}-${theme}-${width}.png`) });
      }
    }
  }
  const widest = `screenshot-gallery-dark-${Math.max(...widths)}.png`;
  fs.copyFileSync(path.join(out, widest), path.join(out, 'screenshot.png'));
  say(`wrote ${THEMES.length * widths.length * Object.keys(PAGES).length} pictures to ${out}`);
} finally {
  await browser.close();
  await app?.remove();
}
