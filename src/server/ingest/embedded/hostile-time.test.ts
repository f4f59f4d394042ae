/** Inputs whose reading once took a time that grows with the square of their size: minutes, at these sizes. */
import { expect, test } from 'vitest';
import { parseComfyUi } from './comfyui.ts';
import { readExifTexts } from './exif.ts';
import { ascii, exifOf, unicodeComment } from './testing/samples.ts';

const padded = `${'\0'.repeat(1_000_000)}x`;

test.each([
  ['a description', exifOf([ascii(0x010e, padded)])],
  ['a comment', exifOf([], [unicodeComment(padded, 'little')])],
])('a megabyte of padding that goes on with a letter, in %s', (_, exif) => {
  expect(readExifTexts(exif)[0]?.text).toHaveLength(padded.length);
});

test('a folder each of whose 65,535 entries names that folder', () => {
  const exif = Buffer.alloc(10 + 65_535 * 12);
  exif.write('MM\0*\0\0\0\x08', 'latin1');
  exif.writeUInt16BE(65_535, 8);
  for (let at = 10; at < exif.byteLength; at += 12) {
    exif.writeUInt16BE(0x8769, at);
    exif.writeUInt32BE(8, at + 8);
  }
  expect(readExifTexts(exif)).toEqual([]);
});

const link = (node: string) => [node, 0];

test('a graph of samplers that all lead into the same circle', () => {
  const graph: Record<string, unknown> = {};
  for (let at = 0; at < 2500; at += 1) {
    graph[`s${at}`] = { class_type: 'S', inputs: { positive: link('x'), latent_image: link('c0') } };
    const onward = Array.from({ length: 50 }, (_, step) => [`i${step}`, link(`c${(at + step + 1) % 2500}`)]);
    graph[`c${at}`] = { class_type: 'C', inputs: Object.fromEntries(onward) };
  }
  expect(parseComfyUi(JSON.stringify(graph), null)).not.toBeUndefined();
});
