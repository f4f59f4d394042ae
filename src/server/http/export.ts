import { AppError } from '#core/errors.ts';
import { NOBODYS_LIBRARY } from '#core/owner.ts';
import { noteEvent, readAudit } from '../account/audit.ts';
import type { SignedInActor } from '../account/change.ts';
import { listDevices } from '../account/devices.ts';
import { readAccount } from '../account/read.ts';
import { getActor } from '../auth/actor.ts';
import type { Server } from '../context.ts';
import { asServer } from '../db/doors.ts';
import { checkStorages } from '../privacy/export-files.ts';
import { exportLibrary, jsonList } from '../privacy/export.ts';
import { guardWrite } from './guard.ts';
import { answer } from './respond.ts';
import { contentDisposition } from './serve-bytes.ts';
import { whileAllowed } from './while-allowed.ts';

async function* readEvents(server: Server, { userId }: SignedInActor) {
  let before: string | undefined;
  do {
    const page = await readAudit(server, userId, { limit: 100, before });
    yield* page.items;
    before = page.before ?? undefined;
  } while (before !== undefined);
}

/** What an account is beside its library: who, signed in where, and what happened to it. */
async function* readAccountFile(server: Server, actor: SignedInActor): AsyncGenerator<string> {
  const { isFresh: _isFresh, ...account } = await readAccount(server, actor);
  const devices = await listDevices(server, actor);
  yield `{"account":${JSON.stringify(account)},\n"devices":${JSON.stringify(devices)},\n"events":`;
  yield* jsonList(readEvents(server, actor), () => {});
  yield '}\n';
}

/** Everything that whoever asks has here, as a ZIP. Counted and noted, so that no other site may ask for it. */
export function serveExport(request: Request): Promise<Response> {
  return answer(request, async (server, identity) => {
    guardWrite(request, 'application/json');
    const { actor, library } = identity;
    if (actor.type === 'none') {
      throw new AppError('NOT_FOUND', 'This browser has no library yet: there is nothing to download.');
    }
    // Before it is counted: who comes back later has lost no try.
    await checkStorages({ ...server, library });
    await server.limits.take('export', library === NOBODYS_LIBRARY ? identity.network : library);
    if (actor.type === 'user') {
      const visit = { server, identity, headers: request.headers, setCookies: [] };
      await asServer(server, (tx) => noteEvent(tx, visit, actor.userId, 'export-downloaded'));
    }
    const account = actor.type === 'user' ? () => readAccountFile(server, actor) : null;
    const filename = `afterimage-${server.now().toISOString().slice(0, 10)}.zip`;
    const isAllowed = async () => {
      const now = await getActor(server, request.headers);
      // An account without a library has nobody's, as whoever is signed out.
      return now.actor.type === actor.type && now.library === library;
    };
    return new Response(whileAllowed(exportLibrary({ ...server, library }, account), isAllowed), {
      headers: {
        'Cache-Control': 'private, no-store',
        'Content-Disposition': contentDisposition('attachment', filename),
        'Content-Type': 'application/zip',
        'X-Content-Type-Options': 'nosniff',
      },
    });
  });
}
