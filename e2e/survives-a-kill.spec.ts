import { expect, test } from './fixtures.ts';
import { startApp, type App } from './server.ts';

let app: App;
test.beforeAll(async () => {
  app = await startApp();
});
test.afterAll(() => app.remove());

test('what a guest made is still there after kill -9 of the server, and after an orderly stop', async ({
  request,
}) => {
  const api = `${app.url}/api/v1`;
  const data = {
    kind: 'image',
    prompt: 'a lighthouse before a storm',
    settings: { width: 256, height: 256 },
  };
  const created = await request.post(`${api}/generations`, { data });
  expect(created.status(), await created.text()).toBe(202);
  const { id } = await created.json();

  await app.kill();
  await app.start();
  expect(app.output()).toContain('took it over');
  await expect
    .poll(async () => (await (await request.get(`${api}/generations/${id}`)).json()).status, {
      timeout: 50_000,
    })
    .toBe('succeeded');

  expect(await app.stop()).toBe(0);
  await app.start();
  const { items } = await (await request.get(`${api}/media`)).json();
  expect(items).toHaveLength(1);
  const bytes = await request.get(new URL(items[0].urls.original, app.url).href);
  expect(bytes.status()).toBe(200);
  expect((await bytes.body()).length).toBe(items[0].bytes);
  await app.examine();
});
