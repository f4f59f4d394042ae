/** WebM files whose elements (RFC 8794, RFC 9559) lie about sizes, counts, times and places. */
import { group, refused, taken, type HostileFile } from './hostile-file.ts';
import { element, find, joined, patched, repeated, text, u32 } from './containers.ts';
import { SAMPLES } from './samples.ts';

const head = element('1a45dfa3', element('4286', Buffer.from([1])), element('4282', text('webm')));
const uint = (id: string, ...bytes: number[]) => element(id, Buffer.from(bytes));
const double = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
};

type Film = {
  info?: Uint8Array;
  track?: Uint8Array;
  size?: Uint8Array;
  before?: Uint8Array;
  clusters?: Uint8Array;
};

/** One VP8 track; its only frame is not one. */
function film({
  info = joined(element('2ad7b1', u32(1_000_000)), element('4489', double(1000))),
  size = joined(uint('b0', 160), uint('ba', 96)),
  track = joined(
    uint('d7', 1),
    uint('73c5', 1),
    uint('83', 1),
    element('86', text('V_VP8')),
    element('e0', size),
  ),
  before = Buffer.alloc(0),
  clusters = element(
    '1f43b675',
    uint('e7', 0),
    element('a3', Buffer.from([0x81, 0, 0, 0x80]), Buffer.alloc(40)),
  ),
}: Film = {}): Buffer {
  return joined(
    head,
    element(
      '18538067',
      before,
      element('1549a966', info),
      element('1654ae6b', element('ae', track)),
      clusters,
    ),
  );
}

const timed = (value: number) => () =>
  film({ info: joined(element('2ad7b1', u32(1_000_000)), element('4489', double(value))) });
const sized = (width: number[], height: number[]) => () =>
  film({ size: joined(uint('b0', ...width), uint('ba', ...height)) });
const coded =
  (codec: string, ...more: Uint8Array[]) =>
  () =>
    film({
      track: joined(
        uint('d7', 1),
        uint('73c5', 1),
        uint('83', 1),
        element('86', text(codec)),
        element('e0', uint('b0', 160), uint('ba', 96)),
        ...more,
      ),
    });

function nested(id: string, depth: number): Buffer {
  let inner: Buffer = Buffer.alloc(0);
  for (let level = 0; level < depth; level += 1) inner = element(id, inner);
  return inner;
}

const after =
  (id: string, ...bytes: number[]) =>
  async () => {
    const whole = await SAMPLES.webm();
    return patched(whole, find(whole, Buffer.from(id, 'hex')) + id.length / 2, Buffer.from(bytes));
  };

const block = element('a3', Buffer.from([0x81, 0, 0, 0x80]), Buffer.alloc(10));
const UNKNOWN = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

export const WEBM_FILES: readonly HostileFile[] = group('webm', {
  'a frame that is none': () => film(),
  'a duration of nothing': timed(0),
  'a duration below nothing': timed(-5),
  'a duration without end': timed(Infinity),
  'a duration that is no number': timed(Number.NaN),
  'a duration of 10^300': timed(1e300),
  'time in steps of 0': () => film({ info: joined(uint('2ad7b1', 0), element('4489', double(1000))) }),
  'time in steps of 2^64': () =>
    film({
      info: joined(uint('2ad7b1', 255, 255, 255, 255, 255, 255, 255, 255), element('4489', double(1000))),
    }),
  '0 x 0': sized([0], [0]),
  '1 x 65535': sized([1], [255, 255]),
  '65535 x 65535': sized([255, 255], [255, 255]),
  '2^64 x 2^64': sized(Array<number>(8).fill(255), Array<number>(8).fill(255)),
  'numbers of 200 bytes': sized(Array<number>(200).fill(1), Array<number>(200).fill(1)),
  'a codec that is not known': coded('V_NONE'),
  'a codec of a megabyte': coded('V'.repeat(1_000_000)),
  'AV1 without a configuration': coded('V_AV1'),
  'H.264 with a configuration of noise': coded('V_MPEG4/ISO/AVC', element('63a2', Buffer.alloc(400, 0xa5))),
  'a configuration of 30 MB': coded('V_VP9', element('63a2', Buffer.alloc(30_000_000, 1))),
  'a compressed track': coded(
    'V_VP8',
    element('6d80', element('6240', uint('5033', 0), element('5034', uint('4254', 0)))),
  ),
  'an encrypted track': coded(
    'V_VP8',
    element('6d80', element('6240', uint('5033', 1), element('5035', uint('47e1', 5)))),
  ),
  '100,000 tracks': () =>
    film({
      track: repeated(joined(uint('d7', 1), uint('83', 1)), 1),
      before: element('1654ae6b', repeated(element('ae', uint('d7', 1), uint('83', 1)), 100_000)),
    }),
  'no track': () =>
    joined(head, element('18538067', element('1549a966'), element('1f43b675', uint('e7', 0)))),
  'no cluster': refused(() => film({ clusters: Buffer.alloc(0) })),
  '300,000 blocks': () => film({ clusters: element('1f43b675', uint('e7', 0), repeated(block, 300_000)) }),
  '50,000 clusters': () => film({ clusters: repeated(element('1f43b675', uint('e7', 0), block), 50_000) }),
  'clusters that run backwards': () =>
    film({
      clusters: joined(
        ...Array.from({ length: 2000 }, (_, index) =>
          element('1f43b675', uint('e7', (2000 - index) >> 8, (2000 - index) & 255), block),
        ),
      ),
    }),
  'a time of 2^64': () =>
    film({ clusters: element('1f43b675', uint('e7', ...Array<number>(8).fill(255)), block) }),
  'laced without end': () =>
    film({
      clusters: element(
        '1f43b675',
        uint('e7', 0),
        element('a3', Buffer.from([0x81, 0, 0, 0x86, 255]), Buffer.alloc(400, 0xff)),
      ),
    }),
  'voids, 300,000': () => film({ before: repeated(element('ec'), 300_000) }),
  'a void of 30 MB': () => film({ before: element('ec', Buffer.alloc(30_000_000)) }),
  'tags in tags, 5,000 deep': () => film({ before: nested('1254c367', 5000) }),
  'segments in segments, 5,000 deep': () => joined(head, nested('18538067', 5000)),
  'chapters in chapters, 5,000 deep': () => film({ before: element('1043a770', nested('b6', 5000)) }),
  'cues to nowhere': () =>
    film({
      before: element(
        '1c53bb6b',
        repeated(
          element(
            'bb',
            uint('b3', 0),
            element('b7', uint('f7', 1), uint('f1', ...Array<number>(8).fill(127))),
          ),
          1000,
        ),
      ),
    }),
  'a seek head to itself': () =>
    film({
      before: element(
        '114d9b74',
        repeated(element('4dbb', element('53ab', Buffer.from('114d9b74', 'hex')), uint('53ac', 0)), 1000),
      ),
    }),
  'a segment of unknown size': taken(after('18538067', 0x07, 255, 255, 255, 255, 255)),
  'a segment of nothing': after('18538067', 0x04, 0, 0, 0, 0, 0),
  'a segment of 2^56': after('18538067', 0x07, 255, 255, 255, 255, 254),
  'a cluster of unknown size': after('1f43b675', ...UNKNOWN),
  'a cluster of 2^56': after('1f43b675', 0x01, 255, 255, 255, 255, 255, 255, 254),
  'tracks of nothing': after('1654ae6b', 0x80),
  'ids of 255 bytes': () =>
    joined(
      element('1a45dfa3', uint('42f2', 255), uint('42f3', 255), element('4282', text('webm'))),
      Buffer.alloc(3000, 0x01),
    ),
  'the header alone': refused(() => head),
  'the header and zeros': refused(() => joined(head, Buffer.alloc(100_000))),
  'the header and ones': refused(() => joined(head, Buffer.alloc(100_000, 0xff))),
  '2,000 headers': () => joined(repeated(head, 2000), film()),
});
