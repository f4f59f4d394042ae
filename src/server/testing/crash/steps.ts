/** Counts the calls of a process at its ports, and kills it at one of them. Nothing in the product knows of it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { PostgresJsPreparedQuery, PostgresJsSession } from 'drizzle-orm/postgres-js';
import type { RunningServer } from '../../server.ts';
import type { ByteSource, Storage } from '../../storage/port.ts';
import type { Point } from './points.ts';

type Session = typeof PostgresJsSession.prototype;
type AnyTx = Parameters<Parameters<Session['transaction']>[0]>[0];

async function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise<never>(() => {});
}

async function* half(body: ByteSource): AsyncIterable<Uint8Array> {
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    yield chunk.subarray(0, Math.ceil(chunk.byteLength / 2));
    await die();
  }
}

/** @param delayMs How long after a call has begun it is killed `during` it. */
export function createSteps(point: Point | null, delayMs: number, onStep: (name: string) => void) {
  const counts = new Map<string, number>();
  const open = new AsyncLocalStorage<Set<string>>();

  /** Whether this call is the one, and when. */
  function count(step: string): Point['when'] | null {
    const nth = (counts.get(step) ?? 0) + 1;
    counts.set(step, nth);
    onStep(`${step} ${nth}`);
    return point?.step === step && point.nth === nth ? point.when : null;
  }

  function reach<T>(step: string, call: () => Promise<T>): Promise<T> {
    const when = count(step);
    if (when === 'before') return die();
    if (when === 'during') setTimeout(() => void die(), delayMs);
    return when === 'after' ? call().then(() => die()) : call();
  }

  /** As `reach`, and the call may be killed when it has taken half of its bytes. */
  function reachWith<T>(step: string, body: ByteSource, call: (body: ByteSource) => Promise<T>): Promise<T> {
    const when = count(step);
    if (when === 'before') return die();
    if (when === 'half of') return call(half(body));
    return when === 'after' ? call(body).then(() => die()) : call(body);
  }

  function watchDatabase(): void {
    // oxlint-disable-next-line typescript/unbound-method -- called with the query that it was taken from
    const { execute } = PostgresJsPreparedQuery.prototype;
    PostgresJsPreparedQuery.prototype.execute = function (...values) {
      const statement = nameStatement(this.getQuery().sql);
      const run = () => execute.apply(this, values);
      if (statement === null) return run();
      open.getStore()?.add(statement);
      return reach(statement, run);
    };
    // oxlint-disable-next-line typescript/unbound-method -- called with its own session
    const { transaction } = PostgresJsSession.prototype;
    PostgresJsSession.prototype.transaction = function <T>(
      this: Session,
      work: (tx: AnyTx) => Promise<T>,
      config?: Parameters<Session['transaction']>[1],
    ): Promise<T> {
      const wrote = new Set<string>();
      let commits: (Point['when'] | null)[] = [];
      const run = async (tx: AnyTx) => {
        const result = await open.run(wrote, () => work(tx));
        commits = [...wrote].map((statement) => count(`commit of ${statement}`));
        if (commits.includes('before')) await die();
        if (commits.includes('during')) setTimeout(() => void die(), delayMs);
        return result;
      };
      return transaction
        .call<Session, [typeof run, typeof config], Promise<T>>(this, run, config)
        .then((result) => (commits.includes('after') ? die() : result));
    };
  }

  const watchStorage = (storage: Storage): Storage => ({
    ...storage,
    put: (key, body, options) => reachWith('put', body, (taken) => storage.put(key, taken, options)),
    get: (key, range) => reach('get', () => storage.get(key, range)),
    head: (key) => reach('head', () => storage.head(key)),
    lend: (key, use) => reach('lend', () => storage.lend(key, use)),
    delete: (key) => reach('delete', () => storage.delete(key)),
  });

  const watchServer = (server: RunningServer): RunningServer => ({
    ...server,
    queue: {
      sendGeneration: (tx, id) => reach('enqueue', () => server.queue.sendGeneration(tx, id)),
      sendSweep: () => reach('ask for a sweep', () => server.queue.sendSweep()),
    },
    providers: {
      ...server.providers,
      find(kind, model) {
        const found = server.providers.find(kind, model);
        const { provider } = found;
        return {
          ...found,
          provider: {
            ...provider,
            generate: (request, signal) => reach('generate', () => provider.generate(request, signal)),
          },
        };
      },
    },
  });

  return { reach, watchDatabase, watchStorage, watchServer };
}

/** What a statement writes, and where to; null for one that only reads. */
function nameStatement(sql: string): string | null {
  if (/^\s*(select pg_notify|notify)/i.test(sql)) return 'notify';
  const [, verb, table] = /^\s*(insert into|update|delete from)\s+"?(\w+)"?/i.exec(sql) ?? [];
  return verb ? `${verb.split(' ')[0]?.toLowerCase()} ${table}` : null;
}
