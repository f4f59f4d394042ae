import encoderModule from 'h264-mp4-encoder';

/** Encodes RGBA frames of even size as H.264 in MP4. `draw` fills the buffer it is given. */
export async function encodeClip(
  { width, height, fps, frames }: { width: number; height: number; fps: number; frames: number },
  draw: (frame: number, target: Uint8ClampedArray<ArrayBuffer>) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const encoder = await encoderModule.createH264MP4Encoder();
  try {
    encoder.width = width;
    encoder.height = height;
    encoder.frameRate = fps;
    encoder.quantizationParameter = 24;
    encoder.speed = 5;
    encoder.groupOfPictures = fps * 2;
    encoder.initialize();
    const pixels = new Uint8ClampedArray(width * height * 4);
    for (let frame = 0; frame < frames; frame += 1) {
      draw(frame, pixels);
      encoder.addFrameRgba(pixels);
    }
    encoder.finalize();
    return withoutTimes(new Uint8Array(encoder.FS.readFile(encoder.outputFilename)));
  } finally {
    encoder.delete();
  }
}

/**
 * The encoder writes the clock into the headers of movie, track and media (ISO 14496-12, version 0: two 32-bit times
 * after the version); without them the same request gives the same bytes.
 */
function withoutTimes(file: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const movie = bytes.lastIndexOf('moov');
  for (const header of ['mvhd', 'tkhd', 'mdhd']) {
    const at = bytes.indexOf(header, movie);
    if (movie >= 0 && at >= 0) bytes.fill(0, at + 8, at + 16);
  }
  return file;
}
