/**
 * Colours that a file declares by number (ITU-T H.273) and not by a profile: PNG in cICP, AVIF, MP4 and MOV in nclx. No
 * decoder turns them into a profile, so that without this a wide gamut would pass as sRGB, and pale.
 */
import type { Mime } from '#core/media.ts';
import type { ReadAt } from './container.ts';
import { listBoxes } from './embedded/boxes.ts';
import { openSource, type MediaSource } from './source.ts';

export type DeclaredColour = { primaries: number; transfer: number };

type Colorant = readonly [x: number, y: number, z: number];

/** Red, green and blue of the gamuts beyond sRGB, adapted to D50. */
const GAMUTS = new Map<number, { name: string; colorants: readonly [Colorant, Colorant, Colorant] }>([
  [
    9,
    {
      name: 'BT.2020',
      colorants: [
        [0.67348, 0.27904, -0.00193],
        [0.16567, 0.67534, 0.02998],
        [0.12505, 0.04562, 0.79685],
      ],
    },
  ],
  [
    12,
    {
      name: 'Display P3',
      colorants: [
        [0.51512, 0.2412, -0.00105],
        [0.29198, 0.69225, 0.04189],
        [0.1571, 0.06655, 0.78406],
      ],
    },
  ],
]);
/** Unsaid, BT.709, BT.601, sRGB, BT.2020: screens show all of these as sRGB. PQ and HLG are not among them. */
const LIKE_SRGB = new Set([1, 2, 6, 13, 14, 15]);

/** An ICC profile (ICC.1, version 4) of a gamut beyond sRGB; undefined for others, and for high dynamic range. */
export function profileOf({ primaries, transfer }: DeclaredColour): Uint8Array | undefined {
  const gamut = GAMUTS.get(primaries);
  if (!gamut || !LIKE_SRGB.has(transfer)) return undefined;
  const [red, green, blue] = gamut.colorants.map((colorant) => element('XYZ ', fixed(...colorant)));
  // Gamma, and the parameters of its straight beginning.
  const curve = element('para', u32(3 << 16), fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045));
  const tags: [name: string, data: Buffer | undefined][] = [
    ['desc', words(gamut.name)],
    ['cprt', words('CC0')],
    ['wtpt', element('XYZ ', fixed(...D50))],
    ['chad', element('sf32', fixed(...D65_TO_D50))],
    ['rXYZ', red],
    ['gXYZ', green],
    ['bXYZ', blue],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ];
  return assemble(tags.flatMap(([name, data]) => (data ? [{ name, data }] : [])));
}

const D50 = [0.9642, 1, 0.8249] as const;
const D65_TO_D50 = [
  1.04791, 0.02293, -0.05019, 0.0296, 0.99043, -0.01706, -0.00925, 0.01506, 0.75179,
] as const;

const u32 = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, at * 4);
  return bytes;
};
const fixed = (...values: number[]) => u32(...values.map((value) => Math.round(value * 65_536) >>> 0));
const element = (type: string, ...parts: Buffer[]) => {
  const bytes = Buffer.concat([Buffer.from(type, 'latin1'), u32(0), ...parts]);
  return Buffer.concat([bytes, Buffer.alloc(-bytes.byteLength & 3)]);
};
const words = (text: string) => {
  const letters = Buffer.from(text, 'utf16le').swap16();
  return element('mluc', u32(1, 12), Buffer.from('enUS'), u32(letters.byteLength, 28), letters);
};

function assemble(tags: { name: string; data: Buffer }[]): Uint8Array {
  const places = new Map<Buffer, number>();
  let end = 132 + tags.length * 12;
  for (const { data } of tags) {
    if (places.has(data)) continue;
    places.set(data, end);
    end += data.byteLength;
  }
  const header = Buffer.alloc(128);
  u32(end, 0, 0x0430_0000).copy(header);
  header.write('mntrRGB XYZ ', 12, 'latin1');
  header.writeUInt16BE(2020, 24);
  header.writeUInt16BE(1, 26);
  header.writeUInt16BE(1, 28);
  header.write('acsp', 36, 'latin1');
  fixed(...D50).copy(header, 68);
  const table = tags.map(({ name, data }) =>
    Buffer.concat([Buffer.from(name, 'latin1'), u32(places.get(data) ?? 0, data.byteLength)]),
  );
  return Buffer.concat([header, u32(tags.length), ...table, ...places.keys()]);
}

/** Null where a file declares nothing. Where a PNG does, this comes before its profile; elsewhere a profile does. */
export async function readDeclaredColour(source: MediaSource, mime: Mime): Promise<DeclaredColour | null> {
  if (mime !== 'image/png' && mime !== 'image/avif') return null;
  const { read, size, close } = await openSource(source);
  try {
    return await (mime === 'image/png' ? readCicp(read) : readNclx(read, size));
  } finally {
    await close();
  }
}

/** What stands before the pixels of a PNG: a few chunks, unless somebody means harm. */
const MAX_CHUNKS = 100;

async function readCicp(read: ReadAt): Promise<DeclaredColour | null> {
  let at = 8;
  for (let chunk = 0; chunk < MAX_CHUNKS; chunk += 1) {
    const head = Buffer.from(await read(at, 12));
    if (head.byteLength < 12) return null;
    const type = head.toString('latin1', 4, 8);
    if (type === 'cICP') return { primaries: head.readUInt8(8), transfer: head.readUInt8(9) };
    if (type === 'IDAT' || type === 'PLTE') return null;
    at += 12 + head.readUInt32BE(0);
  }
  return null;
}

const MAX_INDEX_BYTES = 1024 * 1024;

/** The first of the properties of an AVIF: those of its picture, before those of what belongs to it. */
async function readNclx(read: ReadAt, size: number): Promise<DeclaredColour | null> {
  for await (const meta of listBoxes(read, size)) {
    if (meta.type !== 'meta' || meta.length > MAX_INDEX_BYTES) continue;
    const index = Buffer.from(await read(meta.at + meta.header + 4, meta.length - meta.header - 4));
    for await (const parts of inside(index, 'iprp')) {
      for await (const properties of inside(parts, 'ipco')) {
        for await (const colour of inside(properties, 'colr')) {
          if (colour.byteLength < 8 || colour.toString('latin1', 0, 4) !== 'nclx') continue;
          return { primaries: colour.readUInt16BE(4), transfer: colour.readUInt16BE(6) };
        }
      }
    }
  }
  return null;
}

async function* inside(bytes: Buffer, wanted: string): AsyncIterable<Buffer> {
  const read: ReadAt = async (offset, length) => bytes.subarray(offset, offset + length);
  for await (const { type, at, header, length } of listBoxes(read, bytes.byteLength))
    if (type === wanted) yield bytes.subarray(at + header, at + length);
}

/** As films name them, in the words of WebCodecs. */
const PRIMARIES: Record<string, number> = { bt2020: 9, smpte432: 12 };
const TRANSFERS: Record<string, number> = {
  bt709: 1,
  smpte170m: 6,
  'iec61966-2-1': 13,
  linear: 8,
  pq: 16,
  hlg: 18,
};
const UNSAID = 2;

type Named = { primaries?: string | null | undefined; transfer?: string | null | undefined };

export const colourOfNames = ({ primaries, transfer }: Named): DeclaredColour => ({
  primaries: PRIMARIES[primaries ?? ''] ?? UNSAID,
  transfer: TRANSFERS[transfer ?? ''] ?? UNSAID,
});
