import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from './fixtures.ts';

const APP = path.join(import.meta.dirname, '../src/app');
const SOME_ID = '01900000-0000-7000-8000-000000000001';

/** Every address that a file of `app` answers, with something in place of what it leaves open. */
const ROUTES = fs
  .readdirSync(APP, { recursive: true, encoding: 'utf8' })
  .filter((file) => /(^|\/)(page\.tsx|route\.ts)$/.test(file))
  .map((file) => {
    const segments = path.dirname(file).split(path.sep);
    const named = segments.filter((segment) => segment !== '.' && !/^\(.*\)$/.test(segment));
    return `/${named.map((segment) => (segment.startsWith('[') ? SOME_ID : segment)).join('/')}`;
  })
  .sort();

const nonceOf = (policy: string | undefined) => /'nonce-([^']+)'/.exec(policy ?? '')?.[1];

test('every route, whatever it answers, carries the headers that keep foreign scripts and frames out', async ({
  request,
}) => {
  expect(ROUTES).toEqual(
    expect.arrayContaining(['/', '/gallery', '/media/[id]/[role]'.replace(/\[\w+\]/g, SOME_ID)]),
  );
  for (const route of [...ROUTES, '/no-such-page', '/_next/static/no-such-file.js']) {
    const response = await request.get(route, { maxRedirects: 0 });
    const headers = response.headers();
    expect
      .soft(headers['content-security-policy'], route)
      .toMatch(/script-src 'self' 'nonce-|default-src 'none'/);
    expect.soft(headers['content-security-policy'], route).not.toContain("'unsafe-eval'");
    expect.soft(headers, route).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect.soft(headers, route).not.toHaveProperty('x-powered-by');
  }
});

test('each answer has a nonce of its own, and every script of the page carries it', async ({ request }) => {
  const answers = await Promise.all(['/', '/', '/gallery'].map((route) => request.get(route)));
  const nonces = answers.map((answer) => nonceOf(answer.headers()['content-security-policy']));
  expect(new Set(nonces).size).toBe(3);
  for (const [index, answer] of answers.entries()) {
    const scripts = (await answer.text()).match(/<script[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(5);
    expect(scripts.filter((script) => !script.includes(`nonce="${nonces[index]}"`))).toEqual([]);
  }
});

test('a script that somebody smuggles into the page does not run', async ({ page, consoleErrors }) => {
  consoleErrors.allow(/Content Security Policy/);
  await page.goto('/');
  const ran = await page.evaluate(async () => {
    const marks = ['inline', 'handler'];
    const script = document.createElement('div');
    script.innerHTML = '<img src="data:," onerror="document.body.dataset.handler = 1">';
    document.body.append(script);
    const inline = document.createElement('div');
    document.body.append(inline);
    inline.outerHTML = '<iframe srcdoc="<script>parent.document.body.dataset.inline = 1</script>"></iframe>';
    await new Promise((resolve) => setTimeout(resolve, 500));
    return marks.filter((mark) => document.body.dataset[mark] !== undefined);
  });
  expect(ran).toEqual([]);
});
