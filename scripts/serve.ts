import http from 'node:http';
import path from 'node:path';
import { ADDRESS_HEADER, clientAddress } from '../src/server/http/address.ts';
import { isLoopback, refuseTarget, type Refusal } from '../src/server/http/refuse-target.ts';
import { restoreLength } from '../src/server/http/body-length.ts';
import { makeNonce, NONCE_HEADER, securityHeaders } from '../src/server/http/security-headers.ts';
import { storageOrigins } from '../src/server/storage/open.ts';
import { runShutdown } from '../src/server/shutdown.ts';
import { builtFolder, ensureBuilt } from './build.ts';
import { openDatabase, takeDataFolder } from './open-database.ts';
import type { Env } from '../src/env.ts';
import { choosePort, explainListen, keptSecret, loadEnv } from './prepare.ts';
import type { Life } from './run-until-stopped.ts';
import { elapsed, reasonOf } from './say.ts';
import { serveStatic } from './static-files.ts';

const root = path.join(import.meta.dirname, '..');

/** Everything behind `npm start` and `npm run dev`, in one process beside Postgres. */
export async function serve({ dev }: { dev: boolean }, life: Life) {
  const env = loadEnv();
  await takeDataFolder(env, life);
  const port = await choosePort(env.HOST, env.PORT);
  life.stopping.throwIfAborted();

  const databaseUrl = await openDatabase(env, life);

  const publicUrl = env.NEXTAUTH_URL ?? `http://localhost:${port}`;
  Object.assign(process.env, {
    NODE_ENV: dev ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    PORT: String(port),
    DATA_DIR: env.DATA_DIR,
    DATABASE_URL: databaseUrl,
    AUTH_SECRET: env.AUTH_SECRET ?? keptSecret(env.DATA_DIR),
    NEXTAUTH_URL: publicUrl,
  });
  if (!dev) await ensureBuilt(root, life.stopping);
  life.stopping.throwIfAborted();

  await listen(dev, env, port, life);
  console.log(`ready in ${elapsed()} s  ${publicUrl}`);
}

async function listen(dev: boolean, env: Env, port: number, life: Life) {
  const { HOST: host, TRUSTED_PROXIES: proxies } = env;
  const server = http.createServer({
    keepAlive: true,
    keepAliveTimeout: 65_000,
    headersTimeout: 20_000,
    // A large upload over a slow line takes its time; an answer that streams is not limited by this.
    requestTimeout: 15 * 60_000,
  });
  // Not before NODE_ENV is set: Next chooses its parts by it when it is loaded.
  const { default: next } = await import('next');
  const app = next({ dev, dir: root, hostname: host, port, httpServer: server });
  await app.prepare();
  const handle = app.getRequestHandler();
  const isStatic = dev ? () => false : serveStatic(path.join(builtFolder(root), 'static'));
  const secure = process.env['NEXTAUTH_URL']?.startsWith('https:') ?? false;
  const origins = storageOrigins(env);
  const site = isLoopback(host) ? new URL(process.env['NEXTAUTH_URL'] ?? 'http://localhost') : null;
  const streams = new Set<http.ServerResponse>();
  server.on('request', (request, response) => {
    const { method = '', url = '' } = request;
    streams.add(response);
    response.on('close', () => streams.delete(response));
    const refusal = refuseTarget({ method, url, host: request.headers.host }, site);
    if (refusal) return refuse(response, refusal);
    if (isStatic(request, response)) return;
    restoreLength(response);
    const nonce = makeNonce();
    const headers = securityHeaders(nonce, { secure, dev, storageOrigins: origins });
    response.setHeaders(new Map(Object.entries(headers)));
    // Next puts the nonce of this header on the scripts of a page.
    request.headers['content-security-policy'] = headers['Content-Security-Policy'];
    request.headers[NONCE_HEADER] = nonce;
    const forwarded = request.headersDistinct['x-forwarded-for']?.join(',');
    request.headers[ADDRESS_HEADER] = clientAddress(request.socket.remoteAddress ?? '', forwarded, proxies);
    handle(request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  life.started.defer(async () => {
    await closeServer(server, streams);
    for (const failure of await runShutdown(4000)) console.error(`afterimage: ${reasonOf(failure)}`);
    if (dev) await app.close();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(explainListen(error, host, port))));
    server.listen(port, host, resolve);
  });
}

function refuse(response: http.ServerResponse, { status, code, message, allow }: Refusal) {
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', Connection: 'close' };
  response.writeHead(status, { ...headers, ...(allow && { Allow: allow }) });
  response.end(JSON.stringify({ error: { code, message, field: null } }));
}

/** Takes no new request, ends the streams that would never end, and gives the others a moment. */
async function closeServer(server: http.Server, open: Set<http.ServerResponse>) {
  const closed = new Promise((resolve) => server.close(resolve));
  for (const response of open) {
    if (String(response.getHeader('content-type')).startsWith('text/event-stream')) response.destroy();
  }
  const hurry = setTimeout(() => server.closeAllConnections(), 1500);
  await closed;
  clearTimeout(hurry);
}
