import { expect, type APIRequestContext, type Page } from '@playwright/test';

/** A page, or whatever else asks the server in somebody's name. */
type Asker = { request: APIRequestContext };

type Made = { id: string; media: { id: string; prompt: string }[] };

/** Small enough to be drawn in a moment. */
const SMALL = { width: 256, height: 256 };

/** Makes pictures in the library of the page's guest through the API, and waits until they are saved. */
export async function makePictures(
  page: Asker,
  prompts: string[],
  { count = 1, settings = SMALL }: { count?: number; settings?: Record<string, unknown> } = {},
): Promise<Made[]> {
  return make(page, prompts, { kind: 'image', count, settings });
}

/** Of few frames: each costs as much as a picture. */
const SHORT = { fps: 8, durationSeconds: 2.5 };

export const makeClip = (page: Asker, prompt: string) =>
  make(page, [prompt], { kind: 'video', settings: SHORT });

export const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Where many items are wanted, of no matter what. @returns Their ids, the oldest first. */
export async function savePixels({ request }: Asker, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const saved = await request.post('/api/v1/media', { data: { data: PIXEL } });
    expect(saved.status()).toBe(201);
    ids.push((await saved.json()).id);
  }
  return ids;
}

async function make(page: Asker, prompts: string[], recipe: Record<string, unknown>): Promise<Made[]> {
  const ids: string[] = [];
  // One after the other: the first makes the guest, and each is newer than the one before.
  for (const prompt of prompts) {
    const created = await page.request.post('/api/v1/generations', { data: { prompt, ...recipe } });
    expect(created.status()).toBe(202);
    const { id }: { id: string } = await created.json();
    ids.push(id);
  }
  return Promise.all(ids.map((id) => saved(page, id)));
}

async function saved(page: Asker, id: string): Promise<Made> {
  for (;;) {
    const answer = await page.request.get(`/api/v1/generations/${id}`);
    const made: Made & { status: string } = await answer.json();
    if (made.status === 'succeeded') return made;
    expect(made.status).toMatch(/queued|running|saving/);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export const tiles = (page: Page) => page.getByRole('grid').locator('[data-media-id]');
export const viewer = (page: Page) => page.getByRole('dialog', { name: 'Viewer' });
export const prompt = (page: Page) => page.getByRole('textbox', { name: 'Prompt' });
