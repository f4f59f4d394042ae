import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Mp4OutputFormat, Output, BufferTarget } from 'mediabunny';
import { describe, expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import { prepareMedia } from '../prepare.ts';
import { filmMp4, remux } from '../sample-media.ts';
import { readEmbedded } from './read-embedded.ts';
import {
  ascii,
  COMFY,
  exifOf,
  iTextChunk,
  jpegWith,
  pngWith,
  textChunk,
  unicodeComment,
  webpWith,
  zTextChunk,
} from './testing/samples.ts';
import type { EmbeddedText } from './texts.ts';

const read = (texts: Record<string, string>) =>
  readEmbedded(Object.entries(texts).map(([key, text]): EmbeddedText => ({ key, text })));
const embeddedIn = async (file: Uint8Array) => (await prepareMedia(file, { field: 'data' })).embedded;

const spoil = (bytes: Buffer, at: number) => Buffer.from(bytes).fill(255, at, at + 3);

const A1111 = [
  'a heron, (reeds:1.2),',
  'morning <lora:ink:0.8>',
  'Negative prompt: blurry,',
  'text',
  'Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 123456, Size: 832x1216, Model hash: 0f1e, Model: dream_v2, Clip skip: 2, Lora hashes: "ink: a1b2, x: Seed: 9", Version: v1.10',
].join('\n');
const HERON = {
  generator: 'a1111',
  prompt: 'a heron, (reeds:1.2),\nmorning <lora:ink:0.8>',
  model: 'dream_v2',
  seed: 123456,
  settings: {
    negativePrompt: 'blurry,\ntext',
    steps: 28,
    sampler: 'DPM++ 2M',
    scheduler: 'Karras',
    cfg: 6.5,
    width: 832,
    height: 1216,
    clipSkip: 2,
  },
  raw: A1111,
};
const comfy = JSON.stringify(COMFY).replace('"is_changed":[null]', '"is_changed":[NaN]');
const GRAPH = {
  generator: 'comfyui',
  prompt: 'a heron in the reeds',
  model: 'dream_v2',
  seed: 123456,
  settings: {
    negativePrompt: 'blurry, text',
    steps: 28,
    cfg: 6.5,
    denoise: 1,
    sampler: 'dpmpp_2m',
    scheduler: 'karras',
    width: 832,
    height: 1216,
  },
};

describe('what generators write', () => {
  test('A1111 and Forge: prompts of several lines, quoted values, no negative prompt, no line of parameters', () => {
    expect(read({ parameters: A1111 })).toMatchObject(HERON);
    expect(read({ parameters: 'a pier\nSteps: 4, CFG scale: 1, Seed: 7' })).toMatchObject({
      prompt: 'a pier',
      seed: 7,
      settings: { steps: 4, cfg: 1 },
    });
    expect(read({ UserComment: 'Taken on a holiday: Steps of the town hall' })).toBeNull();
    expect(read({ parameters: '{"sui_image_params":{}}' })).toBeNull();
  });

  test('ComfyUI: the sampler that begins, and its texts by way of links', () => {
    expect(comfy).toContain('NaN');
    expect(read({ prompt: comfy })).toMatchObject(GRAPH);
    expect(read({ Comment: JSON.stringify({ prompt: comfy, workflow: {} }) })).toMatchObject(GRAPH);
  });

  test('ComfyUI: samplers that are made of parts, and a seed of 64 bits to its last digit', () => {
    const graph = `{
      "1": {"class_type": "UNETLoader", "inputs": {"unet_name": "flux1-dev.safetensors"}},
      "2": {"class_type": "CLIPTextEncodeFlux", "inputs": {"clip_l": "", "t5xxl": "a lighthouse", "guidance": 3.5}},
      "3": {"class_type": "BasicGuider", "inputs": {"model": ["1", 0], "conditioning": ["2", 0]}},
      "4": {"class_type": "RandomNoise", "inputs": {"noise_seed": 18446744073709551615}},
      "5": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
      "6": {"class_type": "BasicScheduler", "inputs": {"scheduler": "simple", "steps": 20, "denoise": 1, "model": ["1", 0]}},
      "7": {"class_type": "EmptySD3LatentImage", "inputs": {"width": 1024, "height": 768}},
      "8": {"class_type": "SamplerCustomAdvanced", "inputs":
        {"noise": ["4", 0], "guider": ["3", 0], "sampler": ["5", 0], "sigmas": ["6", 0], "latent_image": ["7", 0]}}
    }`;
    expect(read({ prompt: graph })).toMatchObject({
      prompt: 'a lighthouse',
      model: 'flux1-dev',
      seed: null,
      settings: {
        seed: '18446744073709551615',
        guidance: 3.5,
        sampler: 'euler',
        scheduler: 'simple',
        steps: 20,
        width: 1024,
        height: 768,
      },
    });
  });

  test('ComfyUI: the drawn graph, where that is all there is', () => {
    const nodes = [
      { id: 4, type: 'CheckpointLoaderSimple', widgets_values: ['dream_v2.ckpt'] },
      { id: 6, type: 'CLIPTextEncode', inputs: [{ name: 'clip', link: 1 }], widgets_values: ['a heron'] },
      { id: 7, type: 'CLIPTextEncode', inputs: [{ name: 'clip', link: 1 }], widgets_values: ['blurry'] },
      { id: 5, type: 'EmptyLatentImage', widgets_values: [512, 768, 1] },
      {
        id: 3,
        type: 'KSampler',
        inputs: ['model', 'positive', 'negative', 'latent_image'].map((name, at) => ({ name, link: at + 2 })),
        widgets_values: [99, 'randomize', 20, 7, 'euler', 'normal', 1],
      },
    ];
    const links = [
      [1, 4, 1, 6, 0, 'CLIP'],
      [2, 4, 0, 3, 0, 'MODEL'],
      [3, 6, 0, 3, 1, 'CONDITIONING'],
      [4, 7, 0, 3, 2, 'CONDITIONING'],
      [5, 5, 0, 3, 3, 'LATENT'],
    ];
    expect(read({ workflow: JSON.stringify({ nodes, links }) })).toMatchObject({
      prompt: 'a heron',
      model: 'dream_v2',
      seed: 99,
      settings: { negativePrompt: 'blurry', steps: 20, cfg: 7, sampler: 'euler', width: 512, height: 768 },
    });
  });

  test('InvokeAI, of today and of version 2', () => {
    const today = {
      positive_prompt: 'a heron',
      negative_prompt: 'blurry',
      model: { name: 'Dream v2', base: 'sdxl' },
      seed: 5,
      steps: 30,
      cfg_scale: 7.5,
      scheduler: 'euler',
      width: 1024,
      height: 1024,
    };
    const settings = { negativePrompt: 'blurry', steps: 30, cfg: 7.5, width: 1024, height: 1024 };
    expect(read({ invokeai_metadata: JSON.stringify(today) })).toMatchObject({
      generator: 'invokeai',
      prompt: 'a heron',
      model: 'Dream v2',
      seed: 5,
      settings: { ...settings, scheduler: 'euler' },
    });
    const before = {
      model_weights: 'stable-diffusion-1.5',
      image: {
        prompt: [{ prompt: 'a heron [blurry]', weight: 1 }],
        seed: 5,
        steps: 30,
        cfg_scale: 7.5,
        sampler: 'k_lms',
        width: 1024,
        height: 1024,
      },
    };
    expect(read({ 'sd-metadata': JSON.stringify(before) })).toMatchObject({
      prompt: 'a heron',
      model: 'stable-diffusion-1.5',
      settings: { ...settings, sampler: 'k_lms' },
    });
  });

  test('NovelAI, with one caption and with one for each character', () => {
    const about = { Software: 'NovelAI', Description: 'a heron', Source: 'NovelAI Diffusion V4' };
    const comment = {
      seed: 5,
      steps: 28,
      scale: 6,
      sampler: 'k_euler',
      noise_schedule: 'karras',
      uc: 'blurry',
    };
    expect(read({ ...about, Comment: JSON.stringify(comment) })).toMatchObject({
      generator: 'novelai',
      prompt: 'a heron',
      model: 'NovelAI Diffusion V4',
      seed: 5,
      settings: { negativePrompt: 'blurry', steps: 28, cfg: 6, sampler: 'k_euler', scheduler: 'karras' },
    });
    const captions = { base_caption: 'a pond', char_captions: [{ char_caption: 'a heron' }] };
    const four = { ...comment, v4_prompt: { caption: captions } };
    expect(read({ ...about, Comment: JSON.stringify(four) })).toMatchObject({ prompt: 'a pond\na heron' });
    expect(read({ Comment: JSON.stringify(comment) })).toBeNull();
  });
});

describe('where it is found', () => {
  test.each([
    ['tEXt', () => pngWith(textChunk('parameters', A1111))],
    ['zTXt', () => pngWith(zTextChunk('parameters', A1111))],
    ['iTXt', () => pngWith(iTextChunk('parameters', A1111))],
    ['compressed iTXt', () => pngWith(iTextChunk('parameters', A1111, true))],
    ['a JPEG comment', () => jpegWith(exifOf([ascii(0x0131, 'me')], [unicodeComment(A1111, 'big')]))],
    ['a JPEG comment in the other order', () => jpegWith(exifOf([], [unicodeComment(A1111, 'little')]))],
    ['a WebP comment', () => webpWith(exifOf([], [unicodeComment(A1111, 'big')]))],
  ])('%s', async (_, make) => {
    expect(await embeddedIn(await make())).toMatchObject(HERON);
  });

  test('texts in other scripts, whatever the chunk should hold', async () => {
    const text = '蓮の池 🪷\nSteps: 20, Seed: 1';
    expect(await embeddedIn(await pngWith(iTextChunk('parameters', text)))).toMatchObject({
      prompt: '蓮の池 🪷',
    });
    expect(await embeddedIn(await jpegWith(exifOf([], [unicodeComment(text, 'big')])))).toMatchObject({
      prompt: '蓮の池 🪷',
    });
    const unmarked = Buffer.from(text).toString('latin1');
    expect(await embeddedIn(await pngWith(textChunk('parameters', unmarked)))).toMatchObject({
      prompt: '蓮の池 🪷',
    });
  });

  test('a graph in the fields of EXIF that mean something else, and in the tags of a film', async () => {
    const exif = exifOf([ascii(0x010f, 'workflow:{}'), ascii(0x0110, `prompt:${comfy}`)]);
    expect(await embeddedIn(await webpWith(exif))).toMatchObject(GRAPH);
    const output = new Output({ format: new Mp4OutputFormat(), target: new BufferTarget() });
    output.setMetadataTags({ comment: JSON.stringify({ prompt: comfy }) });
    const film = await remux(await filmMp4(), output.format, 0, output);
    expect(await embeddedIn(film)).toMatchObject(GRAPH);
  });

  test('in a file on disk as in bytes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'afterimage-embedded-'));
    await writeFile(join(folder, 'png'), await pngWith(zTextChunk('parameters', A1111)));
    const { embedded } = await prepareMedia(join(folder, 'png'), { field: 'upload' });
    expect(embedded).toMatchObject(HERON);
    await rm(folder, { recursive: true });
  });
});

describe('hostile texts', () => {
  const deep = '['.repeat(200_000);
  const cycle = JSON.stringify({
    a: { class_type: 'X', inputs: { positive: ['b', 0], model: ['a', 0], latent_image: ['b', 0] } },
    b: { class_type: 'Y', inputs: { text: ['a', 0], samples: ['b', 0] } },
  });
  const wide = JSON.stringify(
    Object.fromEntries(
      Array.from({ length: 4000 }, (_, at) => [
        String(at),
        {
          class_type: 'KSampler',
          inputs: { positive: [String(at + 1), 0], latent_image: [String((at * 7) % 4000), 0] },
        },
      ]),
    ),
  );

  test.each<[string, Record<string, string>]>([
    ['deep JSON', { prompt: deep, workflow: deep, invokeai_metadata: deep, 'sd-metadata': deep }],
    ['deep values', { prompt: `{"1":{"class_type":"X","inputs":{"prompt":${deep}${']'.repeat(200_000)}}}}` }],
    ['a graph in a circle', { prompt: cycle }],
    ['a graph of samplers', { prompt: wide }],
    ['a megabyte of colons', { parameters: `x\n${'Steps: '.repeat(150_000)}` }],
    ['a megabyte of quotes', { parameters: `x\nSteps: 1, ${'"\\'.repeat(500_000)}` }],
    ['a megabyte of seeds', { prompt: '"seed"  :   '.repeat(90_000) }],
    [
      'a megabyte of brackets',
      { 'sd-metadata': JSON.stringify({ image: { prompt: '['.repeat(1_000_000) } }) },
    ],
    ['an unclosed recipe', { 'XML:com.adobe.xmp': ' afterimage:recipe="'.repeat(50_000) }],
    [
      'names of objects',
      { prompt: '{"__proto__":{"class_type":"X","inputs":{"prompt":"a"}},"constructor":1}' },
    ],
  ])('%s: soon over, and nothing comes of it', (_, texts) => {
    expect(JSON.stringify(read(texts)).length).toBeLessThan(30_000);
  });

  test('a bomb of text is passed over, and what comes after it is read', async () => {
    const bomb = zTextChunk('parameters', Buffer.alloc(64 * 1024 * 1024, 'a'));
    expect(bomb.byteLength).toBeLessThan(100_000);
    const file = await pngWith(bomb, bomb, textChunk('parameters', A1111));
    expect(await embeddedIn(file)).toMatchObject(HERON);
  });

  test('so many bombs that looking at each would take long end the looking', async () => {
    const bomb = zTextChunk('parameters', Buffer.alloc(5 * 1024 * 1024, 'a'));
    const bombs = (count: number) => Array.from({ length: count }, () => bomb);
    expect(await embeddedIn(await pngWith(...bombs(63), textChunk('parameters', A1111)))).toMatchObject(
      HERON,
    );
    expect(await embeddedIn(await pngWith(...bombs(64), textChunk('parameters', A1111)))).toBeNull();
  });

  test('what Postgres cannot hold is left out, and what is too long is cut', async () => {
    const long = `${'x'.repeat(9000)}\u0000\ud800y\nSteps: 20, Seed: 1`;
    const recipe = read({ parameters: long });
    expect(recipe?.prompt).toHaveLength(8000);
    expect(recipe?.raw).toHaveLength(4000);
    expect(read({ parameters: 'a\u0000b\ud800\nSteps: 20, Seed: 1' })).toMatchObject({ prompt: 'ab\ufffd' });
  });

  test('a file cut or altered anywhere is still an answer or a refusal', async () => {
    const file = Buffer.from(await pngWith(zTextChunk('parameters', A1111), iTextChunk('prompt', comfy)));
    const exif = exifOf([ascii(0x0110, `prompt:${comfy}`)], [unicodeComment(A1111, 'big')]);
    const files: Uint8Array[] = [];
    for (let at = 0; at < 400; at += 7) {
      files.push(await webpWith(spoil(exif, at)), await webpWith(exif.subarray(0, at)));
      files.push(spoil(file, 33 + at));
    }
    const outcomes = await Promise.allSettled(files.map((bytes) => embeddedIn(bytes)));
    const defects = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' && !(outcome.reason instanceof AppError) ? [outcome.reason] : [],
    );
    expect(defects).toEqual([]);
  });
});
