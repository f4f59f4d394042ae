/**
 * A process of its own that reads one video: a path, or `-` for bytes on standard input. It tells what the file is
 * and, when its second argument is `frame`, the frame that stands for it, where a decoder is installed. Foreign videos meet
 * native code here alone, so that a crash or a hang costs this process and nothing else.
 */
import { buffer } from 'node:stream/consumers';
import { BufferSource, EncodedPacketSink, FilePathSource, Input, MP4, QTFF, WEBM } from 'mediabunny';
import { isCutShort, type ReadAt } from './container.ts';
import { readXmpBoxes } from './embedded/boxes.ts';
import { MAX_TEXT_BYTES, XMP_KEY, type EmbeddedText } from './embedded/texts.ts';
import { MAX_DURATION_MS, MAX_PIXELS } from './limits.ts';
import { findPosterFrame, type VideoFrame } from './poster-frame.ts';
import { openSource } from './source.ts';

export type VideoFacts = { width: number; height: number; durationMs: number | null };
export type ReaderMessage =
  | { type: 'refused'; reason: string }
  | { type: 'facts'; facts: VideoFacts }
  | { type: 'texts'; texts: EmbeddedText[] }
  /** Said again of a better one. */
  | { type: 'frame'; frame: VideoFrame }
  | { type: 'frameless'; reason: string };

class Refusal extends Error {}

const MAX_TAGS = 100;

async function readVideo(argument: string, wantsFrame: boolean): Promise<void> {
  const { read, size, source } = await openVideo(argument);
  if (await isCutShort(read, size)) throw new Refusal('The video is incomplete: its end is missing.');
  using input = new Input({ source, formats: [MP4, QTFF, WEBM] });
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw new Refusal('The file holds no picture, only sound or data.');
  const sink = new EncodedPacketSink(track);
  const first = await sink.getFirstKeyPacket();
  const last = await sink.getPacket(Number.MAX_SAFE_INTEGER);
  if (!first || !last) throw new Refusal('The video holds no frame that can be read.');

  const width = Math.round(await track.getDisplayWidth());
  const height = Math.round(await track.getDisplayHeight());
  if (!(width > 0 && height > 0)) throw new Refusal('The video does not say how large it is.');
  const seconds = (await input.getDurationFromMetadata()) ?? (await input.computeDuration());
  const durationMs = seconds > 0 && seconds * 1000 <= MAX_DURATION_MS ? Math.round(seconds * 1000) : null;
  await send({ type: 'facts', facts: { width, height, durationMs } });
  await send({ type: 'texts', texts: await readTexts(input, read, size).catch(() => []) });
  if (!wantsFrame || width * height > MAX_PIXELS) return;
  await findPosterFrame(track, sink, first, {
    seconds: (durationMs ?? 0) / 1000,
    found: (frame) => send({ type: 'frame', frame }),
  }).catch((error: unknown) => send({ type: 'frameless', reason: String(error) }));
}

async function openVideo(argument: string) {
  const media = argument === '-' ? await buffer(process.stdin) : argument;
  const opened = await openSource(media);
  return {
    ...opened,
    source: typeof media === 'string' ? new FilePathSource(media) : new BufferSource(media),
  };
}

/** What the file says of itself; nothing, where that cannot be read. */
async function readTexts(input: Input, read: ReadAt, size: number): Promise<EmbeddedText[]> {
  const { title, description, comment, raw } = await input.getMetadataTags();
  const texts = Object.entries({ title, description, comment, ...raw }).flatMap(([key, text]) =>
    typeof text === 'string' && text.length <= MAX_TEXT_BYTES / 4 ? [{ key, text }] : [],
  );
  const packets = await readXmpBoxes(read, size);
  return [...texts.slice(0, MAX_TAGS), ...packets.map((text) => ({ key: XMP_KEY, text }))];
}

function send(message: ReaderMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!process.send) throw new Error('started without a channel to its parent');
    process.send(message, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}

const DAMAGED = 'The video is damaged or incomplete and cannot be read.';

await readVideo(process.argv[2] ?? '-', process.argv[3] === 'frame').catch((error: unknown) =>
  send({ type: 'refused', reason: error instanceof Refusal ? error.message : DAMAGED }),
);
process.exit(0);
