import type { Device } from '#core/account.ts';
import { notFound } from '#core/errors.ts';
import type { DeviceId } from '#core/owner.ts';
import { dropCookie, sessionCookie, setCompanion } from '../auth/cookies.ts';
import { listSessions, revokeSession, revokeSessions } from '../auth/sessions.ts';
import type { Server } from '../context.ts';
import { asServer } from '../db/doors.ts';
import { noteEvent } from './audit.ts';
import type { SignedInActor } from './change.ts';
import { tellStreams } from './sessions.ts';
import type { Visit } from './visit.ts';

export async function listDevices(
  server: Pick<Server, 'db' | 'now'>,
  { userId, device }: SignedInActor,
): Promise<Device[]> {
  const sessions = await asServer(server, (tx) => listSessions(tx, server.now(), userId));
  const devices = sessions.map((session) => ({
    id: session.id,
    name: session.device,
    signedInAt: session.createdAt.toISOString(),
    lastSeenAt: session.lastSeenAt.toISOString(),
    isThis: session.id === device,
  }));
  return devices.sort((a, b) => Number(b.isThis) - Number(a.isThis));
}

export async function signOutDevice(
  visit: Visit,
  { userId }: SignedInActor,
  device: DeviceId,
): Promise<void> {
  const { server } = visit;
  await asServer(server, async (tx) => {
    if (!(await revokeSession(tx, server.now(), userId, device))) throw notFound('device');
    await noteEvent(tx, visit, userId, 'device-signed-out');
  });
  await tellStreams(server, userId);
}

/** @returns How many devices were signed out. */
export async function signOutEverywhere(
  visit: Visit,
  { userId, device }: SignedInActor,
  thisToo: boolean,
): Promise<number> {
  const { server, setCookies } = visit;
  const ended = await asServer(server, async (tx) => {
    await noteEvent(tx, visit, userId, 'signed-out-everywhere');
    return revokeSessions(tx, server.now(), userId, thisToo ? null : device);
  });
  await tellStreams(server, userId);
  if (thisToo) setCookies.push(dropCookie(sessionCookie()), setCompanion(null));
  return ended;
}
