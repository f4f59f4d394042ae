import { expect, test } from './fixtures.ts';

/** JavaScript of the first load of Create, as it goes over the wire, in bytes. */
const BUDGET = 180 * 1024;

test('the first load of Create stays within its budget of JavaScript', async ({ page }) => {
  const cdp = await page.context().newCDPSession(page);
  const scripts = new Map<string, string>();
  let bytes = 0;
  await cdp.send('Network.enable');
  cdp.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (type === 'Script') scripts.set(requestId, response.headers['Content-Encoding'] ?? 'none');
  });
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  await page.goto('/', { waitUntil: 'load' });
  expect(scripts.size).toBeGreaterThan(3);
  expect(new Set(scripts.values())).toEqual(new Set(['br']));
  expect(bytes).toBeLessThan(BUDGET);
});
