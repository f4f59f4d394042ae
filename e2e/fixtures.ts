import { expect, test as base, type BrowserContext, type Page } from '@playwright/test';

type Fixtures = {
  /** Fails the journey for an error in any page's console, unless it was named here as expected. */
  consoleErrors: { allow(pattern: RegExp): void; watch(context: BrowserContext): void };
  /** A page of another guest: a browser of its own, watched like the first. */
  newGuest: () => Promise<Page>;
};

/** Every journey is a fresh guest: a context without cookies, without anything stored. */
export const test = base.extend<Fixtures>({
  baseURL: async ({ baseURL }, use) => use(process.env['BASE_URL'] ?? baseURL),

  consoleErrors: [
    async ({ context }, use) => {
      const errors: string[] = [];
      const allowed: RegExp[] = [];
      const watch = (watched: BrowserContext) => {
        watched.on('console', (message) => {
          if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`);
        });
        watched.on('weberror', (error) => errors.push(String(error.error())));
      };
      watch(context);
      await use({ allow: (pattern) => void allowed.push(pattern), watch });
      expect(
        errors.filter((error) => !allowed.some((pattern) => pattern.test(error))),
        'errors in the console',
      ).toEqual([]);
    },
    { auto: true },
  ],

  newGuest: async ({ browser, baseURL, consoleErrors }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({ baseURL });
      contexts.push(context);
      consoleErrors.watch(context);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },
});

export { expect };
