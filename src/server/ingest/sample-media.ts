/** Real files for tests, made here: pictures by sharp, films by an H.264 encoder and remuxed into other containers. */
import { deflateSync, crc32 } from 'node:zlib';
import encoderModule from 'h264-mp4-encoder';
import {
  BufferSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  MovOutputFormat,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
  type OutputFormat,
} from 'mediabunny';
import sharp, { type Sharp } from 'sharp';

/** Left half red, right half blue, a white line on top; with alpha, the lower half lets the ground through. */
export function paint(width: number, height: number, { alpha = false } = {}): Sharp {
  const channels = alpha ? 4 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const colour = y < height / 16 ? [255, 255, 255] : x < width / 2 ? [220, 30, 30] : [30, 30, 220];
      data.set(alpha ? [...colour, y < height / 2 ? 255 : 0] : colour, (y * width + x) * channels);
    }
  }
  return sharp(data, { raw: { width, height, channels } });
}

export async function pixelAt(image: Uint8Array, x: number, y: number): Promise<number[]> {
  const area = { left: Math.floor(x), top: Math.floor(y), width: 1, height: 1 };
  return [...(await sharp(image).extract(area).raw().toBuffer())];
}

export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.byteLength, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A valid black PNG of one bit a pixel: a few kilobytes, whatever its dimensions. */
export function hugePng(width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc((1 + Math.ceil(width / 8)) * height));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', rows),
    pngChunk('IEND', new Uint8Array()),
  ]);
}

const FRAMES = 12;
const RATE = 12;

/**
 * One second of H.264: `paint` with a brightness that changes. Its index comes after its frames.
 * @param options `dark`: of its twelve frames, how many are black before the picture comes; `group`: frames from one key
 *   frame to the next.
 */
export async function filmMp4(
  width = 160,
  height = 96,
  { dark = 0, group }: { dark?: number; group?: number } = {},
): Promise<Uint8Array> {
  const encoder = await encoderModule.createH264MP4Encoder();
  Object.assign(encoder, { width, height, frameRate: RATE, quantizationParameter: 20 });
  if (group !== undefined) encoder.groupOfPictures = group;
  encoder.initialize();
  for (let frame = 0; frame < FRAMES; frame += 1) {
    const image = paint(width, height).modulate({ brightness: frame < dark ? 0.01 : 1 - frame / 40 });
    encoder.addFrameRgba(await image.ensureAlpha().raw().toBuffer());
  }
  encoder.finalize();
  const bytes = encoder.FS.readFile(encoder.outputFilename);
  encoder.delete();
  return bytes;
}

export const CONTAINERS = {
  mp4: () => new Mp4OutputFormat({ fastStart: 'in-memory' }),
  'fragmented mp4': () => new Mp4OutputFormat({ fastStart: 'fragmented' }),
  mov: () => new MovOutputFormat({ fastStart: 'in-memory' }),
};

/** The same frames in another container; the index of plain MP4 and MOV comes first here. */
export async function remux(
  film: Uint8Array,
  format: OutputFormat,
  rotation: 0 | 90 | 180 | 270 = 0,
  output = new Output({ format, target: new BufferTarget() }),
  colorSpace?: VideoDecoderConfig['colorSpace'],
): Promise<Uint8Array> {
  using input = new Input({ source: new BufferSource(film), formats: [MP4] });
  const track = await input.getPrimaryVideoTrack();
  const decoderConfig = await track?.getDecoderConfig();
  if (!track || !decoderConfig) throw new Error('not a film');
  const source = new EncodedVideoPacketSource('avc');
  output.addVideoTrack(source, { rotation });
  await output.start();
  for await (const packet of new EncodedPacketSink(track).packets())
    await source.add(packet, { decoderConfig: { ...decoderConfig, ...(colorSpace && { colorSpace }) } });
  return finish(output);
}

/** VP8 in WebM, where the optional codecs are installed; null elsewhere. */
export async function filmWebm(width = 160, height = 96): Promise<Uint8Array | null> {
  const codecs = await import('@napi-rs/webcodecs').catch(() => null);
  if (!codecs) return null;
  const chunks: EncodedPacket[] = [];
  const encoder = new codecs.VideoEncoder({
    output(chunk) {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      chunks.push(
        new EncodedPacket(data, chunk.type === 'key' ? 'key' : 'delta', chunk.timestamp / 1e6, 1 / RATE),
      );
    },
    error: (error) => {
      throw error;
    },
  });
  encoder.configure({ codec: 'vp8', width, height, bitrate: 400_000 });
  const data = await paint(width, height).ensureAlpha().raw().toBuffer();
  for (let frame = 0; frame < FRAMES; frame += 1) {
    const timestamp = Math.round((frame * 1e6) / RATE);
    const picture = new codecs.VideoFrame(data, {
      format: 'RGBA',
      codedWidth: width,
      codedHeight: height,
      timestamp,
    });
    encoder.encode(picture, { keyFrame: frame === 0 });
    picture.close();
  }
  await encoder.flush();
  encoder.close();
  const source = new EncodedVideoPacketSource('vp8');
  const output = new Output({ format: new WebMOutputFormat(), target: new BufferTarget() });
  output.addVideoTrack(source);
  await output.start();
  const decoderConfig = { codec: 'vp8', codedWidth: width, codedHeight: height };
  for (const packet of chunks) await source.add(packet, { decoderConfig });
  return finish(output);
}

/** A second of silence in an MP4 without a picture. */
export async function soundMp4(): Promise<Uint8Array> {
  const source = new EncodedAudioPacketSource('pcm-s16');
  const output = new Output({ format: new Mp4OutputFormat(), target: new BufferTarget() });
  output.addAudioTrack(source);
  await output.start();
  const silence = new EncodedPacket(new Uint8Array(16_000), 'key', 0, 1);
  await source.add(silence, { decoderConfig: { codec: 'pcm-s16', sampleRate: 8000, numberOfChannels: 1 } });
  return finish(output);
}

async function finish(output: Output<OutputFormat, BufferTarget>): Promise<Uint8Array> {
  await output.finalize();
  if (!output.target.buffer) throw new Error('the muxer wrote nothing');
  return new Uint8Array(output.target.buffer);
}
