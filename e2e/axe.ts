import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** All that another theme can break. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/** What axe finds wrong with a page as it is now. */
export async function faults(page: Page, rules?: string[]) {
  const builder = new AxeBuilder({ page })
    // In the page itself: without frames there is no need of a second page for the sums.
    .setLegacyMode()
    // The guards that keep Tab inside a menu are hidden and focusable by design, and pass the focus on.
    .exclude('[data-base-ui-focus-guard]');
  const { violations } = await (rules ? builder.withRules(rules) : builder.withTags(STANDARD)).analyze();
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
}

/** Looks at a page as it is now, in both themes. */
export async function expectNoFaults(page: Page, where: string) {
  const html = page.locator('html');
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await expect(html).toHaveClass(/\bdark\b/);
  expect(await faults(page, OF_COLOURS), `${where}, dark`).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await expect(html).toHaveClass(/\blight\b/);
  expect(await faults(page), `${where}, light`).toEqual([]);
}
