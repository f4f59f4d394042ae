import { and, desc, eq, lt } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { z } from 'zod';
import type { AuditInput, AuditPage, AuditType } from '#core/account.ts';
import type { JsonObject } from '#core/json.ts';
import type { UserId } from '#core/owner.ts';
import type { Server } from '../context.ts';
import type { Tx } from '../db/client.ts';
import { asServer } from '../db/doors.ts';
import { auditEvents } from '../db/identity.ts';
import { addressOf } from '../http/address.ts';
import type { Visit } from './visit.ts';

/** Notes what happened to an account, in the transaction in which it happens. */
export const noteEvent = (
  tx: Tx,
  { server, identity, headers }: Visit,
  userId: UserId,
  type: AuditType,
  details: JsonObject = {},
): Promise<void> =>
  insertEvent(tx, server.now(), {
    userId,
    type,
    details,
    device: identity.deviceName,
    address: addressOf(headers),
  });

type NewEvent = {
  userId: UserId;
  type: AuditType;
  details: JsonObject;
  device: string | null;
  address: string | null;
};

export async function insertEvent(tx: Tx, createdAt: Date, event: NewEvent): Promise<void> {
  await tx.insert(auditEvents).values({ id: uuidv7(), ...event, createdAt });
}

export async function readAudit(
  server: Pick<Server, 'db'>,
  userId: UserId,
  { limit, before }: z.infer<typeof AuditInput>,
): Promise<z.infer<typeof AuditPage>> {
  const rows = await asServer(server, (tx) =>
    tx
      .select()
      .from(auditEvents)
      .where(and(eq(auditEvents.userId, userId), before ? lt(auditEvents.id, before) : undefined))
      .orderBy(desc(auditEvents.id))
      .limit(limit + 1),
  );
  const items = rows.slice(0, limit).map(({ id, type, device, address, details, createdAt }) => ({
    id,
    type,
    device,
    address,
    details,
    at: createdAt.toISOString(),
  }));
  return { items, before: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
