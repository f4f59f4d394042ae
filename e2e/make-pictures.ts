import { expect, type Page } from '@playwright/test';

type Made = { id: string; media: { id: string; prompt: string }[] };

/** Small enough to be drawn in a moment. */
const SMALL = { width: 256, height: 256 };

/** Makes pictures in the library of the page's guest through the API, and waits until they are saved. */
export async function makePictures(
  page: Page,
  prompts: string[],
  { count = 1, settings = SMALL }: { count?: number; settings?: Record<string, unknown> } = {},
): Promise<Made[]> {
  return make(page, prompts, { kind: 'image', count, settings });
}

export const makeClip = (page: Page, prompt: string) => make(page, [prompt], { kind: 'video' });

async function make(page: Page, prompts: string[], recipe: Record<string, unknown>): Promise<Made[]> {
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

async function saved(page: Page, id: string): Promise<Made> {
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
