/** Files with embedded texts, built from the documented formats. */
import { deflateSync } from 'node:zlib';
import { paint, pngChunk } from '../../sample-media.ts';
import { writeWebp, readWebp } from '../../webp.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

export const textChunk = (key: string, text: string) =>
  pngChunk('tEXt', Buffer.concat([latin1(`${key}\0`), latin1(text)]));

export const zTextChunk = (key: string, text: string | Uint8Array) =>
  pngChunk('zTXt', Buffer.concat([latin1(`${key}\0\0`), deflateSync(text)]));

export const iTextChunk = (key: string, text: string, compressed = false) =>
  pngChunk(
    'iTXt',
    Buffer.concat([
      latin1(`${key}\0${compressed ? '\x01' : '\0'}\0en\0key\0`),
      compressed ? deflateSync(text) : Buffer.from(text),
    ]),
  );

/** A PNG with chunks behind its header. */
export async function pngWith(...chunks: Uint8Array[]): Promise<Uint8Array> {
  const png = await paint(32, 16).png().toBuffer();
  return Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)]);
}

type Field = { tag: number; type: 2 | 7; value: Uint8Array };

export const ascii = (tag: number, text: string): Field => ({
  tag,
  type: 2,
  value: Buffer.from(`${text}\0`),
});

/** UserComment in UTF-16 of either order. */
export function unicodeComment(text: string, order: 'little' | 'big'): Field {
  const body = Buffer.from(text, 'utf16le');
  return {
    tag: 0x9286,
    type: 7,
    value: Buffer.concat([latin1('UNICODE\0'), order === 'big' ? body.swap16() : body]),
  };
}

/** A big-endian TIFF structure: fields of the first folder, and one that it leads to. */
export function exifOf(fields: Field[], inner: Field[] = []): Buffer {
  const folder = (entries: Field[], at: number, pointer: number | null): Buffer => {
    const count = entries.length + (pointer === null ? 0 : 1);
    const table = Buffer.alloc(2 + count * 12 + 4);
    table.writeUInt16BE(count, 0);
    const values: Buffer[] = [];
    let next = at + table.byteLength;
    entries.forEach(({ tag, type, value }, index) => {
      const from = 2 + index * 12;
      table.writeUInt16BE(tag, from);
      table.writeUInt16BE(type, from + 2);
      table.writeUInt32BE(value.byteLength, from + 4);
      if (value.byteLength <= 4) Buffer.from(value).copy(table, from + 8);
      else {
        table.writeUInt32BE(next, from + 8);
        values.push(Buffer.from(value));
        next += value.byteLength;
      }
    });
    if (pointer !== null) {
      const from = 2 + entries.length * 12;
      table.writeUInt16BE(0x8769, from);
      table.writeUInt16BE(4, from + 2);
      table.writeUInt32BE(1, from + 4);
      table.writeUInt32BE(pointer, from + 8);
    }
    return Buffer.concat([table, ...values]);
  };
  const hasInner = inner.length > 0;
  const size = folder(fields, 8, hasInner ? 0 : null).byteLength;
  const first = folder(fields, 8, hasInner ? 8 + size : null);
  const head = Buffer.concat([latin1('MM\0*'), Buffer.from([0, 0, 0, 8])]);
  return Buffer.concat([head, first, ...(hasInner ? [folder(inner, 8 + size, null)] : [])]);
}

export async function jpegWith(exif: Buffer): Promise<Uint8Array> {
  const jpeg = await paint(32, 16).jpeg().toBuffer();
  const body = Buffer.concat([latin1('Exif\0\0'), exif]);
  const head = Buffer.from([0xff, 0xe1, (body.byteLength + 2) >> 8, (body.byteLength + 2) & 255]);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

export async function webpWith(exif: Buffer): Promise<Uint8Array> {
  const [header, ...rest] = readWebp(await paint(32, 16).webp().toBuffer()) ?? [];
  if (!header) throw new Error('not a WebP file');
  const flagged = Buffer.from(header.data);
  flagged[0] = 0x08;
  return writeWebp([{ type: 'VP8X', data: flagged }, ...rest, { type: 'EXIF', data: exif }]);
}

/** A graph of ComfyUI as it runs: a checkpoint, two prompts, an empty picture, a sampler, and a second that refines. */
export const COMFY = {
  '4': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'sdxl\\dream_v2.safetensors' } },
  '10': { class_type: 'LoraLoader', inputs: { lora_name: 'ink', model: ['4', 0], clip: ['4', 1] } },
  '6': { class_type: 'CLIPTextEncode', inputs: { clip: ['10', 1], text: ['20', 0] } },
  '20': { class_type: 'PrimitiveStringMultiline', inputs: { value: 'a heron in the reeds' } },
  '7': { class_type: 'CLIPTextEncode', inputs: { clip: ['10', 1], text: 'blurry, text' } },
  '8': {
    class_type: 'ControlNetApplyAdvanced',
    inputs: { positive: ['6', 0], negative: ['7', 0], strength: 0.5 },
  },
  '2': {
    class_type: 'KSampler',
    inputs: {
      seed: 1,
      steps: 8,
      cfg: 2,
      sampler_name: 'ddim',
      scheduler: 'normal',
      denoise: 0.4,
      model: ['10', 0],
      positive: ['6', 0],
      negative: ['7', 0],
      latent_image: ['31', 0],
    },
  },
  '31': { class_type: 'LatentUpscale', inputs: { samples: ['3', 0], width: 1664, height: 2432 } },
  '3': {
    class_type: 'KSampler',
    inputs: {
      seed: ['21', 0],
      steps: 28,
      cfg: 6.5,
      sampler_name: 'dpmpp_2m',
      scheduler: 'karras',
      denoise: 1,
      model: ['10', 0],
      positive: ['8', 0],
      negative: ['8', 1],
      latent_image: ['5', 0],
    },
  },
  '21': { class_type: 'Seed', inputs: { seed: 123456 } },
  '5': { class_type: 'EmptyLatentImage', inputs: { width: 832, height: 1216, batch_size: 1 } },
  '9': { class_type: 'SaveImage', inputs: { images: ['8', 0] }, is_changed: [Number.NaN] },
};
