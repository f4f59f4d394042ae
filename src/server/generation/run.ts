/**
 * Makes a generation's outputs and saves them. Safe to run again from anywhere: an output is saved once, under the
 * media id that it had from the start, and what is saved already is not made a second time.
 */
import { and, eq } from 'drizzle-orm';
import { AppError, type ErrorCode } from '#core/errors.ts';
import { isActive, transition, type GenerationEvent } from '#core/generation-state.ts';
import { outcome, type GenerationOutput, type OutputError } from '#core/generation.ts';
import type { GenerationId } from '#core/media.ts';
import { ImageSettings, VideoSettings } from '#core/settings.ts';
import type { LibraryCtx, Server } from '../context.ts';
import type { Tx } from '../db/client.ts';
import { asServer, writeLibrary, type Head } from '../db/doors.ts';
import { generations } from '../db/schema.ts';
import { embedRecipe } from '../ingest/embedded/embed.ts';
import { portableSettings, type OwnRecipe } from '../ingest/embedded/own.ts';
import { prepareMedia } from '../ingest/prepare.ts';
import { doomStaged } from '../ledger.ts';
import { log } from '../log.ts';
import { insertMedia, stageFiles } from '../media/ingest.ts';
import { ProviderError, type ProviderOutput, type ProviderRequest } from '../providers/port.ts';
import { outputSeed } from '../providers/registry.ts';
import { OUTAGE_PAUSES, outlastOutage } from './outage.ts';
import type { GenerationRow } from './rows.ts';

/** Outputs of one generation that are made at the same time. */
const PARALLEL = 2;

/** How often a run looks whether its generation was cancelled, in milliseconds. */
const CANCEL_CHECK = 1000;

/** The job's own row: the only place beside a credential that a library id comes from. */
async function loadOwn(server: Server, id: GenerationId): Promise<GenerationRow | null> {
  const [row] = await asServer(server, (tx) => tx.select().from(generations).where(eq(generations.id, id)));
  return row ?? null;
}

/** How often a write follows a library that is merged away under it. */
const MOVES = 5;

/**
 * Writes to the generation's row in whatever library it is now: a claim may move it while it runs.
 * @param change Gets the row as it is under the lock; null leaves it alone.
 */
async function writeOwn(
  server: Server,
  id: GenerationId,
  change: (tx: Tx, head: Head, row: GenerationRow, ctx: LibraryCtx) => Promise<Partial<GenerationRow> | null>,
): Promise<GenerationRow | null> {
  for (let move = 0; ; move += 1) {
    const own = await loadOwn(server, id);
    if (!own) return null;
    const ctx: LibraryCtx = { ...server, library: own.libraryId };
    try {
      return await writeLibrary(ctx, async (tx, head) => {
        const mine = and(eq(generations.libraryId, ctx.library), eq(generations.id, id));
        const [row] = await tx.select().from(generations).where(mine);
        if (!row) throw new AppError('OWNER_CHANGED', 'This generation has moved to another library.');
        const patch = await change(tx, head, row, ctx);
        if (patch === null) return row;
        const [changed] = await tx
          .update(generations)
          .set({ ...patch, version: head.version })
          .where(and(mine, eq(generations.state, row.state)))
          .returning();
        return changed ?? row;
      });
    } catch (error) {
      const moved = error instanceof AppError && error.code === 'OWNER_CHANGED';
      if (!moved || move === MOVES) throw error;
    }
  }
}

function advance(
  server: Server,
  id: GenerationId,
  event: GenerationEvent,
  patch: Partial<GenerationRow> = {},
) {
  return writeOwn(server, id, async (_tx, _head, row) => {
    const state = transition(row.state, event);
    return state === null ? null : { ...patch, state };
  });
}

const settled = (outputs: GenerationOutput[], index: number, change: Partial<GenerationOutput>) =>
  outputs.map((output) => (output.index === index ? { ...output, ...change } : output));

/** What another run saved in the meantime stays saved. */
async function failOutput(server: Server, id: GenerationId, index: number, error: OutputError) {
  await writeOwn(server, id, async (_tx, _head, row) =>
    isActive(row.state) && row.outputs[index]?.state === 'waiting'
      ? { outputs: settled(row.outputs, index, { state: 'failed', error }) }
      : null,
  );
}

function toRequest(row: GenerationRow, index: number): ProviderRequest {
  const common = {
    model: row.model,
    prompt: row.prompt,
    index,
    seed: outputSeed(row.seed, index),
    requestId: `${row.id}:${index}`,
  };
  return row.kind === 'image'
    ? { ...common, kind: 'image', settings: ImageSettings.parse(row.settings) }
    : { ...common, kind: 'video', settings: VideoSettings.parse(row.settings) };
}

/** What `prepareMedia` says of bytes that it will never take. */
const REFUSED_BYTES: ReadonlySet<ErrorCode> = new Set(['BAD_INPUT', 'TOO_LARGE', 'UNSUPPORTED_MEDIA']);

/** What went wrong with this output; null for what is not its fault, which the queue tries again. */
function toOutputError(error: unknown): OutputError | null {
  const isItsFault =
    error instanceof ProviderError || (error instanceof AppError && REFUSED_BYTES.has(error.code));
  return isItsFault ? { code: error.code, message: error.message } : null;
}

/** What the file itself tells wherever it goes: how it was made, nothing of whose it is. */
const recipeInFile = (row: GenerationRow, made: ProviderOutput): OwnRecipe => ({
  version: 1,
  kind: row.kind,
  prompt: row.prompt,
  headline: headlineOf(row),
  model: row.model,
  provider: row.provider,
  seed: made.seed,
  settings: portableSettings(row.settings),
});

const headlineOf = ({ settings }: GenerationRow) =>
  typeof settings.headline === 'string' ? settings.headline : null;

async function saveOutput(
  server: Server,
  row: GenerationRow,
  output: GenerationOutput,
  made: ProviderOutput,
  { signal, pauses }: { signal: AbortSignal; pauses: readonly number[] },
) {
  const { mediaId, index } = output;
  const bytes = await embedRecipe(made.bytes, recipeInFile(row, made), 'output');
  const prepared = await prepareMedia(bytes, {
    field: 'output',
    ...(made.poster ? { poster: made.poster } : {}),
  });
  const files = await outlastOutage(() => stageFiles(server, mediaId, bytes, prepared), signal, pauses);
  let kept = false;
  await writeOwn(server, row.id, async (tx, head, current, ctx) => {
    if (!isActive(current.state)) return null;
    const recipe = {
      id: mediaId,
      origin: 'generated' as const,
      prompt: current.prompt,
      headline: headlineOf(current),
      provider: current.provider,
      model: current.model,
      seed: made.seed,
      settings: current.settings,
      metadata: { ...current.metadata, actual: made.actual },
      generationId: current.id,
      outputIndex: index,
      createdAt: server.now(),
    };
    kept = await insertMedia(tx, head, ctx, recipe, prepared, files);
    return { outputs: settled(current.outputs, index, { state: 'saved', error: null }) };
  });
  // Its own objects alone: those of another run of this generation may be about to turn live.
  if (!kept)
    await doomStaged(
      server,
      files.map((file) => file.object),
    );
}

/** Fires when the person cancels, wherever the request arrived. */
function watchForCancel(server: Server, id: GenerationId, cancelled: AbortController) {
  const timer = setInterval(() => {
    loadOwn(server, id).then(
      (row) => {
        if (!row || !isActive(row.state)) cancelled.abort(new AppError('CONFLICT', 'Cancelled.'));
      },
      (error: unknown) => log.error('the state of a generation could not be read', error),
    );
  }, CANCEL_CHECK);
  return () => clearInterval(timer);
}

/**
 * @param signal Fires when this worker must stop: the run rejects, and the queue gives it to another.
 * @throws Whatever is neither the provider's nor the input's fault, for the queue to try again.
 */
export async function runGeneration(
  server: Server,
  id: GenerationId,
  signal: AbortSignal,
  pauses = OUTAGE_PAUSES,
): Promise<void> {
  const row = await advance(server, id, 'start', { startedAt: server.now() });
  if (!row || !isActive(row.state)) return;
  const { provider } = server.providers.find(row.kind, row.model);
  const cancelled = new AbortController();
  const stopWatching = watchForCancel(server, id, cancelled);
  const either = AbortSignal.any([signal, cancelled.signal]);
  const waiting = row.outputs.filter((output) => output.state === 'waiting');
  let making = waiting.length;

  async function makeOutput(current: GenerationRow, output: GenerationOutput) {
    if (either.aborted) return;
    try {
      const made = await provider
        .generate(toRequest(current, output.index), either)
        .finally(() => (making -= 1));
      if (making === 0) await advance(server, id, 'save');
      await saveOutput(server, current, output, made, { signal: either, pauses });
    } catch (error) {
      if (either.aborted) return;
      const reason = toOutputError(error);
      if (reason === null) throw error;
      if (error instanceof Error && error.cause)
        log.error(`an output of generation ${id} failed`, error.cause);
      await failOutput(server, id, output.index, reason);
    }
  }

  const rest = waiting.values();
  // All have ended before a defect is told: the next attempt must not begin beside what still works.
  const ends = await Promise.allSettled(
    Array.from({ length: PARALLEL }, async () => {
      for (const output of rest) await makeOutput(row, output);
    }),
  );
  stopWatching();
  signal.throwIfAborted();
  const defect = ends.find((end) => end.status === 'rejected');
  if (defect) throw defect.reason;
  await finishGeneration(server, id);
}

async function finishGeneration(server: Server, id: GenerationId): Promise<void> {
  await writeOwn(server, id, async (_tx, _head, row) => {
    const event = outcome(row.outputs);
    if (event === null || !isActive(row.state)) return null;
    // The last output may have failed while earlier ones were saved: saving is passed through, not skipped.
    const from = event === 'succeed' && row.state === 'running' ? 'saving' : row.state;
    const state = transition(from, event);
    const failed = row.outputs.find((output) => output.state === 'failed');
    return state === null
      ? null
      : { state, finishedAt: server.now(), error: state === 'failed' ? (failed?.error ?? null) : null };
  });
}

/** Ends a generation that killed every worker that tried it. What was saved stays. */
export async function giveUpGeneration(server: Server, id: GenerationId): Promise<void> {
  const error = {
    code: 'INTERNAL',
    message:
      'This could not be finished, although it was tried several times. What was saved is kept: try again.',
  };
  await writeOwn(server, id, async (_tx, _head, row) => {
    if (!isActive(row.state)) return null;
    const outputs = row.outputs.map((output) =>
      output.state === 'waiting' ? { ...output, state: 'failed' as const, error } : output,
    );
    const saved = outputs.some((output) => output.state === 'saved');
    return {
      outputs,
      state: saved ? 'succeeded' : 'failed',
      error: saved ? null : error,
      finishedAt: server.now(),
    };
  });
}
