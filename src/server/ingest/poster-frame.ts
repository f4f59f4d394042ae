/**
 * The frame of a film that stands for it: its first, unless that one is black, white or flat, as before a fade-in; then
 * the liveliest of a few further on. Runs in the process that reads videos, and ends well before its time does.
 */
import type { VideoFrame as Decoded } from '@napi-rs/webcodecs';
import type { EncodedPacket, EncodedPacketSink, InputVideoTrack } from 'mediabunny';
import { colourOfNames, type DeclaredColour } from './declared-colour.ts';
import { MAX_PIXELS } from './limits.ts';

/** RGBA as coded; `rotation` (degrees, clockwise), then `flip` (left to right), lead to what is shown. */
export type VideoFrame = {
  data: Uint8Array;
  width: number;
  height: number;
  rotation: number;
  flip: boolean;
  colour: DeclaredColour;
};

/** Where else is looked, as parts of the whole length. */
const PLACES = [0.1, 0.25, 0.5, 0.75];
/** Further on is looked for so long, and nothing more is begun afterwards. */
const SEARCH_MS = 2000;
/** Decoded in all while searching: some hundred frames of 1080p. */
const SEARCH_PIXELS = 250_000_000;
/** Of the film as it is coded, held while a place is looked at. */
const MAX_CODED_BYTES = 32_000_000;
/** Two frames are held while they are compared, so those of the largest films are not. */
const MAX_COMPARED = 10_000_000;

/** Of the brightness, from 0 to 255: a black frame has a mean of 0, a flat one no spread. */
const DARK = 20;
const BRIGHT = 235;
const FLAT = 10;

/**
 * Calls `found` with the first frame, and again with each that is better: whoever stops it has the best so far.
 * @throws Error when not even the first one can be decoded.
 */
export async function findPosterFrame(
  track: InputVideoTrack,
  sink: EncodedPacketSink,
  first: EncodedPacket,
  { seconds, found }: { seconds: number; found: (frame: VideoFrame) => Promise<void> },
): Promise<void> {
  const end = performance.now() + SEARCH_MS;
  const opening = await decodeLast(track, [first]);
  await found(opening);
  const { mean, spread } = lightOf(opening);
  if (mean >= DARK && mean <= BRIGHT && spread >= FLAT) return;

  const pixels = opening.width * opening.height;
  if (pixels > MAX_COMPARED) return;
  let [best, left] = [spread, Math.floor(SEARCH_PIXELS / pixels)];
  for (const place of PLACES) {
    const packets = await packetsUpTo(sink, first.timestamp + seconds * place, left);
    left -= packets.length;
    if (packets.length === 0 || performance.now() > end) return;
    if (packets.length === 1 && packets[0]?.timestamp === first.timestamp) continue;
    const frame = await decodeLast(track, packets).catch(() => null);
    const light = frame && lightOf(frame);
    if (!frame || !light || light.spread <= best) continue;
    best = light.spread;
    await found(frame);
  }
}

/** From the key frame before a moment up to it; none when there are more than `most`, or they are too large. */
async function packetsUpTo(sink: EncodedPacketSink, at: number, most: number): Promise<EncodedPacket[]> {
  const packets: EncodedPacket[] = [];
  let bytes = 0;
  // Containers mark frames as key frames that are none; decoded alone, those are grey.
  let next = await sink.getKeyPacket(at, { verifyKeyPackets: true });
  while (next && (packets.length === 0 || next.timestamp <= at)) {
    bytes += next.data.byteLength;
    if (packets.length === most || bytes > MAX_CODED_BYTES) return [];
    packets.push(next);
    next = await sink.getNextPacket(next);
  }
  return packets;
}

/** Mean and standard deviation of the brightness of some thousand pixels, all over the frame. */
function lightOf({ data, width, height }: VideoFrame): { mean: number; spread: number } {
  const step = Math.max(1, Math.floor(Math.sqrt((width * height) / 4000)));
  let [count, sum, squares] = [0, 0, 0];
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      const at = (y * width + x) * 4;
      const light = 0.3 * (data[at] ?? 0) + 0.6 * (data[at + 1] ?? 0) + 0.1 * (data[at + 2] ?? 0);
      count += 1;
      sum += light;
      squares += light * light;
    }
  }
  const mean = sum / count;
  return { mean, spread: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}

/** The last frame that these packets give, of which the first is a key frame. */
async function decodeLast(track: InputVideoTrack, packets: readonly EncodedPacket[]): Promise<VideoFrame> {
  const config = await track.getDecoderConfig();
  if (!config) throw new Error('the codec is not known');
  // Optional: absent on platforms without a build of it.
  const { EncodedVideoChunk, VideoDecoder } = await import('@napi-rs/webcodecs');
  const ends: { last?: Decoded; failure?: Error } = {};
  const decoder = new VideoDecoder({
    output(frame) {
      ends.last?.close();
      ends.last = frame;
    },
    error: (error) => (ends.failure = error),
  });
  const { codec, codedWidth, codedHeight, description } = config;
  decoder.configure({
    codec,
    codedWidth,
    codedHeight,
    description: description instanceof Uint8Array ? description : undefined,
  });
  for (const [index, { data, timestamp }] of packets.entries()) {
    const type = index === 0 ? 'key' : 'delta';
    decoder.decode(new EncodedVideoChunk({ type, timestamp: Math.round(timestamp * 1e6), data }));
  }
  await decoder.flush();
  decoder.close();
  if (ends.failure) throw ends.failure;
  if (!ends.last) throw new Error('the key frame gave no picture');
  const { codedWidth: width, codedHeight: height } = ends.last;
  if (width * height > MAX_PIXELS) throw new Error('the frame is larger than the file says');
  const data = new Uint8Array(ends.last.allocationSize({ format: 'RGBA' }));
  await ends.last.copyTo(data, { format: 'RGBA' });
  ends.last.close();
  const colour = colourOfNames(await track.getColorSpace());
  return { data, width, height, rotation: await track.getRotation(), flip: await track.getFlip(), colour };
}
