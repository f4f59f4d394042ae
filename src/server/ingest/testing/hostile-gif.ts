/** GIF files of many frames, or whose frames and codes do not fit. */
import { group, refused } from './hostile-file.ts';
import { gif, gifFrame, joined, lzwRun, subBlocks, text, repeated } from './containers.ts';

const dot = gifFrame(0, 0, 1, 1, lzwRun(1));

export const GIF_FILES = group('gif', {
  '10,000 frames': () => gif(100, 100, repeated(dot, 10_000)),
  '100,000 frames': () => gif(2, 2, repeated(dot, 100_000)),
  '7000 x 7000 in 80 KB': () => gif(7000, 7000, gifFrame(0, 0, 7000, 7000, lzwRun(49_000_000))),
  '300 frames of 7000 x 7000': () =>
    gif(7000, 7000, repeated(gifFrame(0, 0, 7000, 7000, lzwRun(49_000_000)), 300)),
  '65535 x 65535 around one pixel': () => gif(65_535, 65_535, dot),
  'a frame larger than its screen': () => gif(10, 10, gifFrame(0, 0, 7000, 7000, lzwRun(49_000_000))),
  'a frame of 65535 x 65535 on a small screen': () =>
    gif(10, 10, gifFrame(0, 0, 65_535, 65_535, lzwRun(1000))),
  'a frame beyond its screen': () => gif(10, 10, gifFrame(65_000, 65_000, 10, 10, lzwRun(100))),
  'a frame of nothing': () => gif(10, 10, gifFrame(0, 0, 0, 0, lzwRun(1))),
  'no frame': refused(() => gif(10, 10)),
  'codes of 12 bits to begin with': () =>
    gif(10, 10, gifFrame(0, 0, 10, 10, joined(Buffer.from([12]), subBlocks(Buffer.alloc(300, 0x55))))),
  'codes of 255 bits': () =>
    gif(10, 10, gifFrame(0, 0, 10, 10, joined(Buffer.from([255]), subBlocks(Buffer.alloc(300, 0x55))))),
  'codes of 0 bits': () =>
    gif(10, 10, gifFrame(0, 0, 10, 10, joined(Buffer.from([0]), subBlocks(Buffer.alloc(300, 0x55))))),
  'more pixels than the frame has': () => gif(10, 10, gifFrame(0, 0, 10, 10, lzwRun(30_000_000))),
  'fewer pixels than the frame has': () => gif(1000, 1000, gifFrame(0, 0, 1000, 1000, lzwRun(10))),
  'a comment of 20 MB': () =>
    gif(10, 10, text('!\xfe'), subBlocks(Buffer.alloc(20_000_000, 65)), gifFrame(0, 0, 10, 10, lzwRun(100))),
  '200,000 extensions': () =>
    gif(10, 10, repeated(text('!\xf9\x04\0\0\0\0\0'), 200_000), gifFrame(0, 0, 10, 10, lzwRun(100))),
  'blocks without an end': () =>
    joined(
      gif(10, 10).subarray(0, -1),
      text(','),
      Buffer.alloc(9, 1),
      Buffer.from([2]),
      Buffer.alloc(100_000, 0xff),
    ),
});
