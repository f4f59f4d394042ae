/** Browsers for one measurement each: a copy of a filled profile, a process of its own, gone afterwards. */
import fs from 'node:fs';
import path from 'node:path';
import { chromium, type Page } from '@playwright/test';
import type { Opened } from './page.ts';

const ARGS = [
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-extensions',
  '--disable-sync',
];

export type Visit = { page: Page; version: string };

async function withProfile<T>(executablePath: string, profile: string, work: (visit: Visit) => Promise<T>) {
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: ARGS });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    return await work({ page, version: context.browser()?.version() ?? 'unknown' });
  } finally {
    await context.close();
  }
}

/** Fills a profile, once; later visits get copies of it. */
export async function fillProfile(
  executablePath: string,
  profile: string,
  work: (visit: Visit) => Promise<void>,
): Promise<void> {
  fs.rmSync(profile, { recursive: true, force: true });
  await withProfile(executablePath, profile, work);
}

export async function visitCopy<T>(
  executablePath: string,
  profile: string,
  work: (visit: Visit) => Promise<T>,
): Promise<T> {
  const copy = `${profile}-copy`;
  fs.rmSync(copy, { recursive: true, force: true });
  fs.cpSync(profile, copy, {
    recursive: true,
    filter: (file) => !path.basename(file).startsWith('Singleton'),
  });
  try {
    return await withProfile(executablePath, copy, work);
  } finally {
    fs.rmSync(copy, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Navigates, and answers once the page has drawn its first rows. */
export async function open(page: Page, url: string): Promise<Opened> {
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForLoadState('load');
  return page.evaluate(() => globalThis.opened);
}

/** Bytes of the JavaScript heap that are still in use after a collection. */
export async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  try {
    await session.send('HeapProfiler.collectGarbage');
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize;
  } finally {
    await session.detach();
  }
}
