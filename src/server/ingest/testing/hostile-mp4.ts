/** MP4 and MOV files whose boxes (ISO 14496-12) lie about sizes, counts, times and places. */
import { group, refused, taken, type HostileFile } from './hostile-file.ts';
import { box, find, joined, mapBoxes, patched, repeated, text, u16, u32 } from './containers.ts';
import { SAMPLES, type SampleName } from './samples.ts';

/** The bodies of boxes of this type replaced. */
const withBox =
  (type: string, change: (body: Buffer) => Uint8Array, sample: SampleName = 'fast mp4') =>
  async () =>
    mapBoxes(await SAMPLES[sample](), (found, body) => (found === type ? change(body) : null));

/** A box's size field alone, wherever the box is. */
const withSize =
  (type: string, size: number, sample: SampleName = 'mp4') =>
  async () => {
    const whole = await SAMPLES[sample]();
    return patched(whole, find(whole, text(type)) - 4, u32(size));
  };

const at =
  (offset: number, ...bytes: Uint8Array[]) =>
  (body: Buffer) =>
    patched(body, offset, ...bytes);

const SIZES = {
  nothing: 0,
  'sixty-four bits': 1,
  seven: 7,
  eight: 8,
  '4 GB': 0xffff_ffff,
  '2 GB': 0x7fff_ffff,
};

const boxSizes: HostileFile[] = ['ftyp', 'moov', 'mdat', 'trak', 'stbl', 'stsd', 'stsz'].flatMap((type) =>
  group(
    `mp4/${type} of`,
    Object.fromEntries(Object.entries(SIZES).map(([name, size]) => [name, withSize(type, size)])),
  ),
);

function nested(type: string, depth: number): Buffer {
  let inner: Buffer = Buffer.alloc(0);
  for (let level = 0; level < depth; level += 1) inner = box(type, inner);
  return inner;
}

const isom = box('ftyp', text('isom'), u32(512), text('isomiso2mp41'));
const MANY = 0xffff_ffff;
const sps = (body: Buffer) => find(body, text('avcC')) + 12;

export const MP4_FILES: readonly HostileFile[] = [
  ...boxSizes,
  ...group('mp4', {
    'no mdat': withBox('mdat', () => Buffer.alloc(0)),
    'mdat of noise': withBox('mdat', (body) => Buffer.alloc(body.byteLength, 0xa5)),
    'mdat of zeros': withBox('mdat', (body) => Buffer.alloc(body.byteLength)),
    'no moov': async () =>
      mapBoxes((await SAMPLES.mp4()).subarray(0, find(await SAMPLES.mp4(), text('moov')) - 4), () => null),
    'no moov, endless free boxes': refused(() => joined(isom, repeated(box('free'), 300_000))),
    'moov in moov, 10,000 deep': () => joined(isom, nested('moov', 10_000)),
    'trak in trak, 10,000 deep': () => joined(isom, box('moov', nested('trak', 10_000))),
    '100,000 tracks': async () => {
      const whole = await SAMPLES['fast mp4']();
      return mapBoxes(whole, (type, body) =>
        type === 'moov' ? joined(body, repeated(box('trak', box('tkhd', Buffer.alloc(84))), 100_000)) : null,
      );
    },
    '20,000 whole tracks': async () => {
      const whole = await SAMPLES['fast mp4']();
      const start = find(whole, text('trak')) - 4;
      const trak = Buffer.from(whole).subarray(start, start + Buffer.from(whole).readUInt32BE(start));
      return mapBoxes(whole, (type, body) => (type === 'moov' ? joined(body, repeated(trak, 20_000)) : null));
    },
    'ftyp of a million brands': taken(
      withBox('ftyp', (body) => joined(body, repeated(text('isom'), 1_000_000))),
    ),
    '300,000 chunks of user data': withBox('moov', (body) =>
      joined(body, box('udta', repeated(box('name', text('x')), 300_000))),
    ),
    'timescale 0': withBox('mdhd', at(12, u32(0))),
    'timescale 2^32': withBox('mdhd', at(12, u32(MANY))),
    'movie timescale 0': withBox('mvhd', at(12, u32(0))),
    'a duration of 2^32': withBox('mvhd', at(16, u32(MANY))),
    'a media duration of 2^32': withBox('mdhd', at(16, u32(MANY))),
    'a version that is not known': withBox('mvhd', at(0, Buffer.from([9]))),
    'a header cut short': withBox('tkhd', (body) => body.subarray(0, 10)),
    '0 x 0': withBox('stsd', (body) => patched(body, find(body, text('avc1')) + 28, u32(0))),
    '65535 x 65535': withBox('stsd', (body) => patched(body, find(body, text('avc1')) + 28, u32(MANY))),
    '1 x 65535': withBox('stsd', (body) => patched(body, find(body, text('avc1')) + 28, u16(1), u16(65_535))),
    'shown as 65535 x 65535': withBox('tkhd', at(76, u32(MANY, MANY))),
    'a matrix of zeros': withBox('tkhd', at(40, Buffer.alloc(36))),
    'a matrix of noise': withBox('tkhd', at(40, Buffer.alloc(36, 0x91))),
    'a codec that is not known': withBox('stsd', (body) =>
      patched(body, find(body, text('avc1')), text('xxxx')),
    ),
    'another codec than it is': withBox('stsd', (body) =>
      patched(body, find(body, text('avc1')), text('hvc1')),
    ),
    'two billion descriptions': withBox('stsd', at(4, u32(0x7fff_ffff))),
    'no description': withBox('stsd', () => Buffer.alloc(8)),
    'no decoder configuration': withBox('stsd', (body) =>
      patched(body, find(body, text('avcC')), text('free')),
    ),
    'a configuration of noise': withBox('stsd', (body) =>
      patched(body, find(body, text('avcC')) + 4, Buffer.alloc(20, 0xff)),
    ),
    'parameters of noise': withBox('stsd', (body) => patched(body, sps(body) + 1, Buffer.alloc(12, 0x5a))),
    'parameters of zeros': withBox('stsd', (body) => patched(body, sps(body) + 1, Buffer.alloc(12))),
    'parameters that say 64 KB': withBox('stsd', (body) =>
      patched(body, find(body, text('avcC')) + 10, u16(0xffff)),
    ),
    'a times table of 2^32 entries': withBox('stts', at(4, u32(MANY))),
    'one time for 2^32 frames': withBox('stts', () => u32(0, 1, MANY, 1)),
    'frames that last 2^32': withBox('stts', () => u32(0, 1, 12, MANY)),
    'frames that last nothing': withBox('stts', () => u32(0, 1, 12, 0)),
    'no times': withBox('stts', () => u32(0, 0)),
    '2^32 frames of one size': withBox('stsz', () => u32(0, 100, MANY)),
    '200 million frames of one size': withBox('stsz', () => u32(0, 1, 200_000_000)),
    'a size table of 2^32 entries': withBox('stsz', () => u32(0, 0, MANY)),
    'frames of 4 GB': withBox('stsz', () => u32(0, MANY, 12)),
    'frames of nothing': withBox('stsz', () => u32(0, 0, 12, ...Array.from({ length: 12 }, () => 0))),
    'no frames': withBox('stsz', () => u32(0, 0, 0)),
    '2 million frames, times and sizes': async () =>
      mapBoxes(await SAMPLES['fast mp4'](), (type) => {
        if (type === 'stsz') return joined(u32(0, 0, 2_000_000), repeated(u32(1), 2_000_000));
        if (type === 'stts') return joined(u32(0, 2_000_000), repeated(u32(1, 1), 2_000_000));
        return type === 'stsc' ? u32(0, 1, 1, 2_000_000, 1) : null;
      }),
    'a chunk table of 2^32 entries': withBox('stco', at(4, u32(MANY))),
    'a chunk at the end of the world': withBox('stco', at(8, u32(MANY))),
    'a chunk in the header': withBox('stco', at(8, u32(0))),
    'chunks of 2^32 frames': withBox('stsc', () => u32(0, 1, 1, MANY, 1)),
    'chunks of nothing': withBox('stsc', () => u32(0, 1, 1, 0, 1)),
    'chunks that begin at 0': withBox('stsc', () => u32(0, 1, 0, 1, 1)),
    '2^32 key frames': withBox('stss', at(4, u32(MANY))),
    'no key frame': withBox('stss', () => u32(0, 0)),
    'key frames that are not there': withBox('stss', () => u32(0, 2, 5000, 4)),
    'an edit list of 2^32': withBox('trak', (body) =>
      joined(box('edts', box('elst', u32(0, MANY, 1, 0, 0x1_0000))), body),
    ),
    'an edit list of nonsense': withBox('trak', (body) =>
      joined(box('edts', box('elst', u32(0, 2, 0, 0x8000_0000, 0, MANY, MANY, MANY))), body),
    ),
    'composition times of nonsense': withBox('stbl', (body) =>
      joined(body, box('ctts', u32(0, 1, MANY, 0x8000_0000))),
    ),
    'an unknown handler': withBox('hdlr', at(8, text('zzzz'))),
    'a track number of 0': withBox('tkhd', at(12, u32(0))),
  }),
  ...group('fragmented mp4', {
    'a run of 2^32 frames': withBox('trun', at(4, u32(MANY)), 'fragmented mp4'),
    'a run of 200 million frames': withBox('trun', () => u32(0, 200_000_000), 'fragmented mp4'),
    'a run without frames': withBox('trun', () => u32(0, 0), 'fragmented mp4'),
    'a run far away': withBox('trun', at(8, u32(0x7fff_0000)), 'fragmented mp4'),
    'a base far away': withBox('tfhd', () => u32(1, 1, 0x7fff, 0), 'fragmented mp4'),
    'another track': withBox('tfhd', at(4, u32(99)), 'fragmented mp4'),
    'a time of 2^64': withBox('tfdt', () => u32(0x0100_0000, MANY, MANY), 'fragmented mp4'),
    'no defaults': withBox('mvex', () => Buffer.alloc(0), 'fragmented mp4'),
    '100,000 empty fragments': async () =>
      joined(await SAMPLES['fragmented mp4'](), repeated(box('moof', box('mfhd', u32(0, 1))), 100_000)),
    'fragments before the index': async () => {
      const whole = Buffer.from(await SAMPLES['fragmented mp4']());
      const moof = find(whole, text('moof')) - 4;
      return joined(isom, whole.subarray(moof));
    },
    'a fragment in a fragment, 5,000 deep': async () =>
      joined(await SAMPLES['fragmented mp4'](), nested('moof', 5000)),
    'a map of fragments of noise': async () =>
      joined(
        await SAMPLES['fragmented mp4'](),
        box('mfra', box('tfra', u32(0, 1, 0x3f, MANY)), box('mfro', u32(0, 0x7fff_ffff))),
      ),
  }),
  ...group('mov', {
    'no ftyp': async () => {
      const whole = Buffer.from(await SAMPLES.mov());
      return whole.subarray(whole.readUInt32BE(0));
    },
    'a header that is compressed': () =>
      joined(
        isom,
        box('moov', box('cmov', box('dcom', text('zlib')), box('cmvd', u32(MANY), Buffer.alloc(400, 0x78)))),
      ),
    'a film elsewhere': () =>
      joined(
        isom,
        box(
          'moov',
          box(
            'rmra',
            box('rmda', box('rdrf', u32(0), text('url '), u32(26), text('https://example.org/x.mov'))),
          ),
        ),
      ),
    'wide and nothing': refused(() => joined(u32(8), text('wide'))),
    'a preview alone': refused(() => box('pnot', Buffer.alloc(12))),
  }),
];
