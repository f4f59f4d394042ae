/** One local server for all candidates: pages, bundles, our protocol's reads, and a delta or everything for the others. */
import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { decodePageCursor, encodePageCursor } from '#core/cursor.ts';
import { byNewest } from '#core/reconcile.ts';
import {
  ChangesInput,
  DELTA_LIMIT,
  digestRows,
  makeCursor,
  parseCursor,
  WINDOW,
  WindowInput,
  type Change,
  type Changes as Answer,
  type Window,
} from '#core/sync.ts';
import type { Delta, Pulled } from './candidate.ts';
import { advance, type Changes, type State } from './library.ts';
import { EARLY_OPEN_SCRIPT } from '#client/store/early-open.ts';
import { EPOCH, LIBRARY } from './names.ts';

const json = (body: string) => ({ type: 'application/json', body });

export type Traffic = { requests: number; sent: number; received: number };

export type BenchServer = {
  url: string;
  /** What the server has from now on. */
  setState: (state: State) => void;
  /** Makes a change of `count` rows. */
  advance: (count: number) => void;
  readonly state: State;
  /** Answers `sync.window` with everything, however much was asked for. */
  setUnlimited: (isUnlimited: boolean) => void;
  /**
   * Request targets and answers' bodies in bytes since the last call. Pages and scripts are not counted, nor the
   * comparison of digests that our engine makes once after opening.
   */
  takeTraffic: () => Traffic;
  close: () => Promise<void>;
};

/** The inline scripts run before the candidate's own has come: ours has in it what every page of the application has. */
const pageOf = (name: string) =>
  `<!doctype html><meta charset=utf-8><title>${name}</title><script>documentAt=performance.now();${name === 'ours' ? EARLY_OPEN_SCRIPT : ''}</script><body><script type=module src=/script/${name}.js></script>`;

export async function startServer(scripts: ReadonlyMap<string, string>): Promise<BenchServer> {
  let state: State = { version: 0, rows: [] };
  /** Messages in order, each with the version before it. */
  let log: { since: number; changes: Changes }[] = [];
  let isUnlimited = false;
  let traffic: Traffic = { requests: 0, sent: 0, received: 0 };
  /** The largest answer, as text: a real server would not make it anew for every request either. */
  let whole: { state: State; text: string } | null = null;

  function wholeAsJson(): string {
    if (whole?.state !== state) whole = { state, text: JSON.stringify(state) };
    return whole.text;
  }

  function deltaSince(since: number): Delta {
    const gone = log.flatMap((message) => (message.since >= since ? message.changes.gone : []));
    return { version: state.version, rows: state.rows.filter(({ version }) => version > since), gone };
  }

  function pull(since: number, limit: number): Pulled {
    const { rows, gone } = deltaSince(since);
    const old = new Map(before.rows.map((row) => [row.id, row]));
    const dead = gone.flatMap((id) => {
      const row = old.get(id);
      return row ? [{ ...row, _deleted: true }] : [];
    });
    const oldest = rows.sort((a, b) => a.version - b.version).slice(0, limit - dead.length);
    const version = oldest.length < rows.length ? (oldest.at(-1)?.version ?? since) : state.version;
    return { version, documents: [...oldest.map((row) => ({ ...row, _deleted: false })), ...dead] };
  }

  let before: State = state;

  /** `sync.changes` as the real server answers it. */
  function changes({ cursor }: ChangesInput): Answer {
    if (cursor === null) return { type: 'reset', reason: 'no-cursor' };
    const asked = parseCursor(cursor);
    if (asked.version === state.version) return { type: 'same' };
    const { rows, gone } = deltaSince(asked.version);
    if (rows.length + gone.length > DELTA_LIMIT) return { type: 'reset', reason: 'too-many' };
    const found: Change[] = rows.map((row) => ({ type: 'media', row }));
    for (const id of gone) found.push({ type: 'media-gone', id, version: state.version });
    return { type: 'delta', changes: found, cursor: makeCursor(EPOCH, state.version) };
  }

  function windowOf({ before: cursor, limit }: WindowInput): Window {
    const at = cursor === undefined ? null : decodePageCursor(cursor);
    const place = at && { createdAt: at.createdAt.toISOString(), id: at.id };
    const older = place ? state.rows.filter((row) => byNewest(row, place) > 0) : state.rows;
    const rows = isUnlimited ? [...older] : older.slice(0, limit);
    const last = rows.at(-1);
    const next =
      older.length > rows.length && last
        ? encodePageCursor({ createdAt: new Date(last.createdAt), id: last.id })
        : null;
    return { rows, generations: [], collections: [], asOf: makeCursor(EPOCH, state.version), next };
  }

  function call(procedure: string, input: unknown): unknown {
    if (procedure === 'sync.changes') return changes(ChangesInput.parse(input));
    if (procedure === 'sync.window') return windowOf(WindowInput.parse(input));
    if (procedure === 'sync.digest') {
      const collections = digestRows([]);
      return {
        asOf: makeCursor(EPOCH, state.version),
        ...digestRows(state.rows.slice(0, WINDOW)),
        collections,
      };
    }
    return null;
  }

  function answer(request: IncomingMessage): { type: string; body: string } | null {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const [, room, name = ''] = pathname.split('/');
    if (room === 'page') return { type: 'text/html', body: pageOf(name) };
    if (room === 'script')
      return { type: 'text/javascript', body: scripts.get(name.replace(/\.js$/, '')) ?? '' };
    if (room !== 'api') return null;
    const since = Number(searchParams.get('since'));
    if (name === 'ping') return json('{}');
    if (name === 'all') return json(wholeAsJson());
    if (name === 'delta') return json(JSON.stringify(deltaSince(since)));
    if (name === 'pull') return json(JSON.stringify(pull(since, Number(searchParams.get('limit')))));
    const procedure = pathname.split('/')[3] ?? '';
    const input: unknown = JSON.parse(searchParams.get('input') ?? 'null');
    // The envelope that tRPC puts around an answer.
    return name === 'trpc' ? json(JSON.stringify({ result: { data: call(procedure, input) } })) : null;
  }

  const server = createServer((request, response) => {
    const found = answer(request);
    if (!found) return void response.writeHead(404).end();
    const body = Buffer.from(found.body);
    if (found.type === 'application/json' && !request.url?.includes('sync.digest')) {
      traffic.requests += 1;
      traffic.sent += Buffer.byteLength(request.url ?? '');
      traffic.received += body.byteLength;
    }
    // As the application's server does: the companion cookie names the database to paint from.
    if (found.type === 'text/html') response.setHeader('set-cookie', `library=${LIBRARY}; Path=/`);
    return void response
      .writeHead(200, { 'content-type': found.type, 'cache-control': 'no-store' })
      .end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');

  return {
    url: `http://127.0.0.1:${address.port}`,
    setState: (next) => {
      state = before = next;
      log = [];
    },
    setUnlimited: (wanted) => {
      isUnlimited = wanted;
    },
    advance: (count) => {
      if (count === 0) return;
      before = state;
      const next = advance(state, count);
      log = [...log, { since: state.version, changes: next.changes }];
      state = next.state;
    },
    get state() {
      return state;
    },
    takeTraffic: () => {
      const taken = traffic;
      traffic = { requests: 0, sent: 0, received: 0 };
      return taken;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
