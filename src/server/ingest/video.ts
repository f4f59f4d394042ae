import { fork } from 'node:child_process';
import { join } from 'node:path';
import { AppError } from '#core/errors.ts';
import { log } from '../log.ts';
import { profileOf } from './declared-colour.ts';
import type { EmbeddedText } from './embedded/texts.ts';
import { createGate } from './gate.ts';
import { decodeImage, probeImage } from './image.ts';
import { MAX_PIXELS, READ_DEADLINE } from './limits.ts';
import { openPixels, type Pixels } from './pixels.ts';
import type { VideoFrame } from './poster-frame.ts';
import { makeRenditions, PREVIEW_SIDE } from './renditions.ts';
import type { MediaSource } from './source.ts';
import type { ReaderMessage, VideoFacts } from './video-reader.ts';

/** Run from source by type stripping, hence from the folder of the project, wherever this module was bundled to. */
// A program of its own beside the bundle, which must not try to follow it.
const READER = join(/* turbopackIgnore: true */ process.cwd(), 'src/server/ingest/video-reader.ts');
const READER_HEAP_MB = 256;
/** Before the caller stops waiting: a video whose facts came in time is kept, although its frame did not. */
const READER_DEADLINE = READ_DEADLINE * 0.9;

const enterReading = createGate(2);

export async function prepareVideo(
  source: MediaSource,
  { field, poster }: { field: string; poster?: Uint8Array },
) {
  const given = poster ? await readPoster(poster) : null;
  const { facts, texts, frame } = await enterReading(1, field, () =>
    readVideo(source, field, given === null),
  );
  const { width, height } = facts;
  if (width * height > MAX_PIXELS) {
    const message = `The video has ${width} x ${height} pixels; at most ${MAX_PIXELS} in all are allowed.`;
    throw new AppError('TOO_LARGE', message, { field });
  }
  const pixels = given ?? (frame && (await frameToPixels(frame, facts)));
  const { files, thumbhash } = pixels
    ? await makeRenditions('poster', pixels)
    : { files: [], thumbhash: null };
  return { kind: 'video' as const, ...facts, animated: false, thumbhash, files, texts };
}

/** A video is worth more than its poster: one that cannot be read is replaced by a frame, not a reason to refuse. */
async function readPoster(poster: Uint8Array): Promise<Pixels | null> {
  try {
    await probeImage(poster, 'poster');
    return await decodeImage(poster, 'poster');
  } catch (error) {
    log.error('the poster that came with a video cannot be read', error);
    return null;
  }
}

/** From the pixels as coded to the picture as shown: turned, mirrored, and with square pixels. */
async function frameToPixels(frame: VideoFrame, shown: VideoFacts): Promise<Pixels> {
  const scale = Math.min(1, PREVIEW_SIDE / Math.max(shown.width, shown.height));
  const width = Math.max(1, Math.round(shown.width * scale));
  const height = Math.max(1, Math.round(shown.height * scale));
  const data = await openPixels({ ...frame, channels: 4 })
    .rotate(frame.rotation)
    .flop(frame.flip)
    .removeAlpha()
    .resize({ width, height, fit: 'fill' })
    .raw()
    .toBuffer();
  return { data, width, height, channels: 3, icc: profileOf(frame.colour) };
}

type Reading = { facts: VideoFacts; texts: EmbeddedText[]; frame: VideoFrame | null };

/** Reads the file in a process of its own, which is killed when it takes too long. */
export async function readVideo(
  source: MediaSource,
  field: string,
  wantsFrame: boolean,
  program = READER,
): Promise<Reading> {
  const reader = fork(
    /* turbopackIgnore: true */ program,
    [typeof source === 'string' ? source : '-', wantsFrame ? 'frame' : 'facts'],
    {
      serialization: 'advanced',
      stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
      // Nothing of this server's configuration within reach of code that a hostile file might take over.
      env: { NODE_ENV: process.env.NODE_ENV, SystemRoot: process.env.SystemRoot },
      execArgv: [`--max-old-space-size=${READER_HEAP_MB}`],
    },
  );
  const messages: ReaderMessage[] = [];
  reader.on('message', (message: ReaderMessage) => messages.push(message));
  // The reader may end before it took everything; how it ended says more than the broken pipe does.
  reader.stdin?.on('error', () => {});
  reader.stdin?.end(source instanceof Uint8Array ? source : undefined);

  const timer = setTimeout(() => reader.kill('SIGKILL'), READER_DEADLINE);
  try {
    await new Promise<void>((resolve, reject) => {
      reader.once('error', reject);
      // Messages can still be on their way when the process has exited; none is once the channel has closed.
      reader.once('disconnect', resolve);
    });
  } finally {
    clearTimeout(timer);
    reader.kill('SIGKILL');
  }
  return toReading(messages, field);
}

function toReading(messages: ReaderMessage[], field: string): Reading {
  let facts: VideoFacts | null = null;
  let texts: EmbeddedText[] = [];
  let frame: VideoFrame | null = null;
  for (const message of messages) {
    switch (message.type) {
      case 'facts':
        ({ facts } = message);
        break;
      case 'texts':
        ({ texts } = message);
        break;
      case 'frame':
        ({ frame } = message);
        break;
      case 'frameless':
        log.info(`a video stays without a poster: ${message.reason}`);
        break;
      case 'refused':
        throw new AppError('BAD_INPUT', message.reason, { field });
    }
  }
  // No word at all: it crashed, ran out of memory or was killed at the deadline.
  if (!facts)
    throw new AppError('BAD_INPUT', 'The video cannot be read: it is damaged, or far too complex.', {
      field,
    });
  return { facts, texts, frame };
}
