import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { RunningServer } from '../../server.ts';
import { newGuest, type Guest } from '../../testing/server.ts';
import { createFetcher } from '../fetcher.ts';
import { openStandIn, type StandIn } from './stand-in.ts';

/** Somebody else's server for the tests of one file: before each it has nothing, and was asked for nothing. */
export function useElsewhere(server: () => RunningServer) {
  let opened: { there: StandIn; folder: string } | undefined;
  const get = () => {
    if (!opened) throw new Error('the stand-in opens before the first test');
    return opened;
  };
  beforeAll(async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'afterimage-elsewhere-'));
    opened = { folder, there: await openStandIn() };
  });
  afterAll(async () => {
    const { there, folder } = get();
    await there.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    const { asked, paths } = get().there;
    asked.length = 0;
    paths.clear();
  });
  return {
    get asked() {
      return get().there.asked;
    },
    get paths() {
      return get().there.paths;
    },
    serve: (name: string, body: Uint8Array | string): void => {
      get().there.paths.set(name, (_request, response) => response.end(body));
    },
    /** A guest whose server reaches the stand-in and nothing else. */
    newGuest: async (): Promise<Guest> => {
      const { folder, there } = get();
      return { ...(await newGuest(server())), fetcher: createFetcher({ folder, network: there.network }) };
    },
  };
}
