import { performance } from 'node:perf_hooks';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import type { ImageSettings, VideoSettings } from '#core/settings.ts';
import { describeProvider, readClip } from '../contract.ts';
import type { ProviderOutput } from '../port.ts';
import { outputSeed } from '../registry.ts';
import { createDemoProvider } from './demo.ts';
import { STYLES } from './vocabulary.ts';

describeProvider('The demo painter', createDemoProvider);

const provider = createDemoProvider();
afterAll(() => provider.close());
const never = new AbortController().signal;
const small = { width: 256, height: 256 };

const paint = (prompt: string, settings: ImageSettings = small, index = 0, signal = never) =>
  provider.generate(
    {
      kind: 'image',
      model: 'demo-image',
      prompt,
      settings,
      index,
      seed: outputSeed(11, index),
      requestId: `t-${index}`,
    },
    signal,
  );

const film = (prompt: string, settings: VideoSettings) =>
  provider.generate(
    { kind: 'video', model: 'demo-video', prompt, settings, index: 0, seed: 5, requestId: 't-clip' },
    never,
  );

/** The picture as a few large pixels: what is left is composition and colour, not texture. */
const squint = (output: ProviderOutput) =>
  sharp(output.bytes).resize(12, 12, { fit: 'fill' }).removeAlpha().raw().toBuffer();

/** Mean difference of two squinted pictures, in 8-bit steps. */
function distance(a: Buffer, b: Buffer): number {
  let sum = 0;
  for (const [i, value] of a.entries()) sum += Math.abs(value - (b[i] ?? 0));
  return sum / a.length;
}

async function meanOf(prompt: string): Promise<number[]> {
  const { channels } = await sharp((await paint(prompt)).bytes).stats();
  return channels.map(({ mean }) => mean);
}

const light = (channels: number[]) => channels.reduce((sum, mean) => sum + mean, 0);

const PROMPTS = [
  'a sailboat on the ocean at sunset',
  'misty mountains over a lake',
  'desert dunes in golden light',
  'a pine forest at dawn',
  'the milky way over nothing',
  'northern lights, aurora borealis',
  'tokyo skyline at night in the rain',
  'a garden of red roses',
  'a campfire with embers',
  'a fox in the snow',
  'portrait of a woman',
  'bauhaus geometry poster',
  'topographic contour map',
  'purple smoke, abstract',
  'quarterly synergies',
  'the sound of one hand clapping',
];

describe('pictures', { timeout: 60_000 }, () => {
  test('the same request gives the same bytes, by another painter too', async () => {
    const other = createDemoProvider();
    try {
      const first = await paint('a lighthouse in a storm');
      const again = await other.generate(
        {
          kind: 'image',
          model: 'demo-image',
          prompt: 'a lighthouse in a storm',
          settings: small,
          index: 0,
          seed: 11,
          requestId: 'another',
        },
        never,
      );
      expect(Buffer.compare(Buffer.from(first.bytes), Buffer.from(again.bytes))).toBe(0);
    } finally {
      await other.close();
    }
  });

  test('another prompt is plainly another picture', async () => {
    const pictures = await Promise.all(PROMPTS.map(async (prompt) => squint(await paint(prompt))));
    const pairs = pictures.flatMap((a, i) =>
      pictures
        .slice(i + 1)
        .map((b, k) => ({ pair: `${PROMPTS[i]} / ${PROMPTS[i + 1 + k]}`, far: distance(a, b) })),
    );
    expect(pairs.filter(({ far }) => far < 14)).toEqual([]);
    const middle = pairs.map(({ far }) => far).toSorted((a, b) => a - b)[pairs.length >> 1];
    expect(middle).toBeGreaterThan(40);
  });

  test('the four outputs of a generation differ', async () => {
    const outputs = await Promise.all([0, 1, 2, 3].map((index) => paint('mountains at dawn', small, index)));
    const seen = await Promise.all(outputs.map(squint));
    for (const [i, a] of seen.entries()) {
      for (const b of seen.slice(i + 1)) expect(distance(a, b)).toBeGreaterThan(5);
    }
  });

  test.each([
    ['waves on a stony beach', 'ocean'],
    ['snowy peaks', 'mountains'],
    ['sand and a camel', 'dunes'],
    ['fog between birch trees', 'forest'],
    ['saturn and its moons', 'space'],
    ['aurora', 'aurora'],
    ['manhattan', 'city'],
    ['a bouquet of tulips', 'garden'],
    ['molten lava', 'fire'],
    ['a sleepy cat', 'creature'],
    ['face of an old man', 'portrait'],
    ['mondrian grid', 'geometry'],
    ['contour lines', 'contours'],
    ['liquid silk', 'marble'],
  ])('%s is read as %s', async (prompt, scene) => {
    expect((await paint(prompt, { width: 64, height: 64 })).actual).toMatchObject({ scene, demo: true });
  });

  test('colour words and times of day change the colours', async () => {
    const [red = 0, , blueOfRed = 0] = await meanOf('red silk');
    const [redOfBlue = 0, , blue = 0] = await meanOf('blue silk');
    expect(red - blueOfRed).toBeGreaterThan(redOfBlue - blue + 40);
    expect(light(await meanOf('ocean at noon'))).toBeGreaterThan(
      light(await meanOf('ocean at midnight')) * 1.5,
    );
  });

  test('what the negative prompt names is not painted', async () => {
    const settings = { ...small, negativePrompt: 'city, neon, pink' };
    const output = await paint('a neon city before pink mountains', settings);
    expect(output.actual).toMatchObject({ scene: 'mountains', style: 'photo' });
    const without = await paint('a before mountains', small);
    expect(output.actual['palette']).toEqual(without.actual['palette']);
  });

  test.each(STYLES.filter((style) => style !== 'photo'))('the style %s is seen', async (style) => {
    const plain = await sharp((await paint('a lake below mountains')).bytes)
      .raw()
      .toBuffer();
    const output = await paint('a lake below mountains', { ...small, style });
    expect(output.actual).toMatchObject({ style });
    expect(distance(plain, await sharp(output.bytes).raw().toBuffer())).toBeGreaterThan(5);
  });

  test('a headline is drawn, and characters without a letter are named', async () => {
    const plain = await squint(await paint('calm sea'));
    const output = await paint('calm sea', { ...small, headline: 'Low tide, 6 a.m. \u{1F30A}' });
    expect(distance(plain, await squint(output))).toBeGreaterThan(1);
    expect(output.actual['skippedCharacters']).toBe('\u{1F30A}');
    const known = await paint('calm sea', { ...small, headline: "It's 100% done - OK?" });
    expect(known.actual).not.toHaveProperty('skippedCharacters');
  });

  test.each([
    ['1:4', 256, 1024],
    ['4:1', 1024, 256],
    ['9:16', 576, 1024],
    ['1:1', 1024, 1024],
  ])('the aspect %s is %i by %i', async (aspect, width, height) => {
    const output = await paint('dunes', { aspect });
    expect(await sharp(output.bytes).metadata()).toMatchObject({ width, height, format: 'jpeg' });
    expect(output.actual).toMatchObject({ width, height });
  });

  test('painting leaves the thread that serves people free', async () => {
    const before = performance.eventLoopUtilization();
    await Promise.all([0, 1].map((index) => paint('a forest in mist', { aspect: '1:1' }, index)));
    // A share of the time, not a time: painting here instead would make it nearly 1.
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
  });
});

describe('directions to the demo', () => {
  test('outputs fail when asked to, others do not', async () => {
    const some: ImageSettings = { ...small, demo: { fail: [1] } };
    await expect(paint('sea', some, 1)).rejects.toMatchObject({ name: 'ProviderError', code: 'failed' });
    await expect(paint('sea', some, 0)).resolves.toBeDefined();
    await expect(paint('sea', { ...small, demo: { fail: 'all' } }, 3)).rejects.toMatchObject({
      code: 'failed',
    });
  });

  test('a slow output takes longer than asked, and can be cancelled while it waits', async () => {
    const started = performance.now();
    await paint('sea', { width: 64, height: 64, demo: { slowMs: 300 } });
    expect(performance.now() - started).toBeGreaterThanOrEqual(299);
    const reason = new Error('enough');
    const controller = new AbortController();
    const outcome = paint('sea', { ...small, demo: { slowMs: 120_000 } }, 0, controller.signal);
    controller.abort(reason);
    await expect(outcome).rejects.toBe(reason);
  });
});

describe('clips', { timeout: 60_000 }, () => {
  test('a clip is a playable file of three and a half seconds, the same each time', async () => {
    const settings: VideoSettings = { aspect: '16:9', fps: 8 };
    const [clip, again] = await Promise.all([film('waves', settings), film('waves', settings)]);
    const seen = await readClip(clip.bytes);
    expect(seen).toMatchObject({ width: 768, height: 432, codec: 'avc', frames: 28 });
    expect(seen.mime).toContain('video/mp4');
    expect(seen.seconds).toBeGreaterThan(3);
    expect(seen.seconds).toBeLessThan(4);
    expect(clip.actual).toMatchObject({ durationMs: 3500, fps: 8 });
    expect(Buffer.compare(Buffer.from(clip.bytes), Buffer.from(again.bytes))).toBe(0);
  });
});
