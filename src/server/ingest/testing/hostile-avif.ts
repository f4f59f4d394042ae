/** AVIF files whose index (ISO 23008-12) leads nowhere, in a circle, or to far more than there is. */
import { group, refused, taken } from './hostile-file.ts';
import { box, find, joined, patched, repeated, text, u16, u32 } from './containers.ts';
import { SAMPLES } from './samples.ts';

type Item = {
  id: number;
  type: 'av01' | 'grid' | 'iovl' | 'iden';
  data: Uint8Array;
  width: number;
  height: number;
  /** Items that it is made of. */
  of?: number[];
};

/** Coded picture and decoder's configuration of the sample. */
async function coded() {
  const whole = Buffer.from(await SAMPLES.avif());
  const mdat = find(whole, text('mdat'));
  const config = find(whole, text('av1C'));
  return {
    data: whole.subarray(mdat + 4),
    av1C: whole.subarray(config - 4, config - 4 + whole.readUInt32BE(config - 4)),
  };
}

const full = (type: string, version: number, ...body: Uint8Array[]) =>
  box(type, Buffer.from([version, 0, 0, 0]), ...body);

/** An index of these items around bytes that lie in it (`idat`). */
function index(primary: number, items: Item[], av1C: Uint8Array, properties: Uint8Array[] = []): Buffer {
  const offsets: number[] = [];
  let length = 0;
  for (const { data } of items) {
    offsets.push(length);
    length += data.byteLength;
  }
  const iloc = items.map(({ id, data }, place) =>
    joined(u16(id), u16(1), u16(0), u16(1), u32(offsets[place] ?? 0, data.byteLength)),
  );
  const entries = items.map(({ id, type }) => full('infe', 2, u16(id), u16(0), text(`${type}\0`)));
  const refs = items.flatMap(({ id, of }) =>
    of ? [box('dimg', u16(id), u16(of.length), Buffer.concat(of.map((other) => u16(other))))] : [],
  );
  const sizes = items.map(({ width, height }) => full('ispe', 0, u32(width, height)));
  const pixi = full('pixi', 0, Buffer.from([3, 8, 8, 8]));
  const shared = [pixi, av1C, ...properties];
  const uses = items.map(({ id, type }, place) => {
    const own = [place + 1, items.length + 1];
    if (type === 'av01') own.push(0x80 | (items.length + 2));
    const extra = properties.map((_, extraPlace) => items.length + 3 + extraPlace);
    return joined(u16(id), Buffer.from([own.length + extra.length, ...own, ...extra]));
  });
  const ftyp = box('ftyp', text('avif'), u32(0), text('avifmif1miaf'));
  const meta = full(
    'meta',
    0,
    full('hdlr', 0, u32(0), text('pict'), Buffer.alloc(13)),
    full('pitm', 0, u16(primary)),
    full('iloc', 1, Buffer.from([0x44, 0]), u16(items.length), ...iloc),
    full('iinf', 0, u16(items.length), ...entries),
    ...(refs.length > 0 ? [full('iref', 0, ...refs)] : []),
    box('iprp', box('ipco', ...sizes, ...shared), full('ipma', 0, u32(items.length), ...uses)),
    box('idat', ...items.map(({ data }) => data)),
  );
  return joined(ftyp, meta);
}

/** A grid whose tiles are all the sample, 160 x 120. */
async function grid(
  rows: number,
  columns: number,
  { width = columns * 160, height = rows * 120, tiles = rows * columns } = {},
) {
  const { data, av1C } = await coded();
  const layout = joined(Buffer.from([0, 1, rows - 1, columns - 1]), u32(width, height));
  return index(
    1,
    [
      { id: 1, type: 'grid', data: layout, width, height, of: Array.from({ length: tiles }, () => 2) },
      { id: 2, type: 'av01', data, width: 160, height: 120 },
    ],
    av1C,
  );
}

async function derived(type: 'grid' | 'iden' | 'iovl', links: [id: number, of: number[]][]) {
  const { data, av1C } = await coded();
  const layout = type === 'grid' ? joined(Buffer.from([0, 1, 0, 0]), u32(160, 120)) : Buffer.alloc(40);
  const items = links.map(([id, of]): Item => ({ id, type, data: layout, width: 160, height: 120, of }));
  return index(1, [...items, { id: 900, type: 'av01', data, width: 160, height: 120 }], av1C);
}

/** The sample, with more said about it. */
export async function avifWith(properties: Uint8Array[], width = 160, height = 120) {
  const { data, av1C } = await coded();
  return index(1, [{ id: 1, type: 'av01', data, width, height }], av1C, properties);
}

const chain = (length: number): [number, number[]][] =>
  Array.from({ length }, (_, place) => [place + 1, [place + 1 === length ? 900 : place + 2]]);

const change =
  (needle: string, at: number, ...bytes: Uint8Array[]) =>
  async () => {
    const whole = await SAMPLES.avif();
    return patched(whole, find(whole, text(needle)) + at, ...bytes);
  };

export const AVIF_FILES = group('avif', {
  'one picture, built here': taken(() => avifWith([])),
  'a grid of 2 x 2': taken(() => grid(2, 2)),
  'a grid of 50 x 50': () => grid(50, 50),
  'a grid of 256 x 256': refused(() => grid(256, 256, { tiles: 65_535 })),
  'a grid that says it is 7000 x 7000': () => grid(2, 2, { width: 7000, height: 7000 }),
  'a grid that says it is 10 x 10': () => grid(2, 2, { width: 10, height: 10 }),
  'a grid that says it is 0 x 0': () => grid(2, 2, { width: 0, height: 0 }),
  'a grid of 2^32 x 2^32': () => grid(2, 2, { width: 0xffff_ffff, height: 0xffff_ffff }),
  'a grid with too few tiles': () => grid(4, 4, { tiles: 3 }),
  'a grid with too many tiles': () => grid(1, 1, { tiles: 60_000 }),
  'a grid of itself': () => derived('grid', [[1, [1]]]),
  'two grids of each other': () =>
    derived('grid', [
      [1, [2]],
      [2, [1]],
    ]),
  'a grid of a grid, 100 deep': () => derived('grid', chain(100)),
  'the same of the same, 200 deep': () => derived('iden', chain(200)),
  'an overlay of itself': () => derived('iovl', [[1, [1]]]),
  'an overlay of 30,000': () => derived('iovl', [[1, Array.from({ length: 30_000 }, () => 900)]]),
  'a picture that says it is 7000 x 7000': () => avifWith([], 7000, 7000),
  'a picture that says it is 60000 x 60000': refused(() => avifWith([], 60_000, 60_000)),
  'twenty turns': () => avifWith(Array.from({ length: 20 }, () => box('irot', Buffer.from([1])))),
  'a crop of nothing': () => avifWith([box('clap', u32(0, 0, 0, 0, 0, 0, 0, 0))]),
  'a crop beyond it': () => avifWith([box('clap', u32(90_000, 1, 90_000, 1, 0xffff_0000, 1, 7, 0))]),
  'a colour profile of noise': () => avifWith([box('colr', text('prof'), Buffer.alloc(5000, 0xa5))]),
  'a colour profile of 20 MB': () => avifWith([box('colr', text('prof'), Buffer.alloc(20_000_000, 1))]),
  '100,000 properties': async () => {
    const { data, av1C } = await coded();
    return index(
      1,
      [{ id: 1, type: 'av01', data, width: 160, height: 120 }],
      joined(av1C, repeated(box('free'), 100_000)),
    );
  },
  'a picture of 4 GB': change('iloc', 16, u32(0xffff_fff0, 0xffff_fff0)),
  'a picture of no bytes': change('iloc', 18, Buffer.alloc(8)),
  '65,535 places': change('iloc', 10, u16(0xffff)),
  'no coded picture': change('mdat', 4, Buffer.alloc(4000)),
  'coded picture of noise': change('mdat', 12, Buffer.alloc(4000, 0xa5)),
  'an index that has no end': change('meta', -4, u32(0xffff_fff0)),
  'an index to the end': change('meta', -4, u32(0)),
  'no primary item': change('pitm', 0, text('free')),
  'another primary item': change('pitm', 8, u16(77)),
  'no decoder configuration': change('av1C', 0, text('free')),
  'a configuration of noise': change('av1C', 4, Buffer.alloc(4, 0xff)),
  '2,000 boxes in each other': async () => {
    let inner: Uint8Array = Buffer.alloc(0);
    for (let depth = 0; depth < 2000; depth += 1) inner = box('iprp', inner);
    return joined(box('ftyp', text('avif'), u32(0), text('avifmif1')), full('meta', 0, inner));
  },
  'an index of 300,000 items': async () =>
    joined(
      box('ftyp', text('avif'), u32(0), text('avifmif1')),
      full(
        'meta',
        0,
        full('iinf', 1, u32(300_000), repeated(full('infe', 2, u16(1), u16(0), text('av01\0')), 300_000)),
      ),
    ),
  'a sequence without pictures': async () => {
    const whole = Buffer.from(await SAMPLES.avif());
    return joined(
      box('ftyp', text('avis'), u32(0), text('avisavifmif1')),
      whole.subarray(whole.readUInt32BE(0)),
    );
  },
  'a film that says it is a sequence': async () => {
    const whole = Buffer.from(await SAMPLES['fast mp4']());
    return joined(
      box('ftyp', text('avis'), u32(0), text('avisavifmsf1')),
      whole.subarray(whole.readUInt32BE(0)),
    );
  },
});
