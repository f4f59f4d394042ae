import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { CreateGenerationInput } from '#core/generation.ts';
import type { Kind } from '#core/settings.ts';
import { createGeneration } from '../generation/create.ts';
import { getGeneration } from '../generation/read.ts';
import { runGeneration } from '../generation/run.ts';
import { pngWith, textChunk } from '../ingest/embedded/testing/samples.ts';
import { newGuest, useTestServer, type Guest } from '../testing/server.ts';
import { getMediaFile } from './read.ts';
import { saveMedia } from './save.ts';

const server = useTestServer();

async function download(guest: Guest, id: Parameters<typeof getMediaFile>[1]): Promise<string> {
  const { key } = await getMediaFile(guest, id, 'original');
  const object = await server().storage.get(key);
  if (!object) throw new Error('no bytes');
  return (await buffer(object.stream)).toString('base64');
}

test.each<[Kind, Record<string, unknown>]>([
  [
    'image',
    {
      width: 96,
      height: 64,
      seed: 77,
      negativePrompt: 'fog & <rain>',
      groundingLinks: ['https://a.example/?b=1&c=2'],
    },
  ],
  ['video', { aspect: '16:9', durationSeconds: 1, fps: 8 }],
])('an %s that leaves comes back with its recipe, into any library', async (kind, settings) => {
  const [maker, other] = [await newGuest(server()), await newGuest(server())];
  const input = CreateGenerationInput.parse({
    kind,
    prompt: 'A pier, "蓮" <at> dawn',
    count: 1,
    settings: { headline: 'Low tide', ...settings },
  });
  const asked = await createGeneration(maker, input);
  await runGeneration(server(), asked.id, new AbortController().signal);
  const [made] = (await getGeneration(maker, asked.id)).media;
  if (!made) throw new Error('nothing was made');
  const data = await download(maker, made.id);
  const text = Buffer.from(data, 'base64').toString('latin1');
  for (const secret of [maker.library, made.id, asked.id]) expect(text).not.toContain(secret);

  const { prompt, headline, model, provider, seed, settings: kept, width, height, sha256 } = made;
  const back = await saveMedia(other, { data });
  expect(back).toMatchObject({
    kind,
    origin: 'uploaded',
    prompt,
    headline,
    model,
    provider,
    seed,
    settings: kept,
  });
  expect(back).toMatchObject({ width, height, sha256 });
});

test('what a person says of a file wins over what the file says, and the rest is filled in', async () => {
  const guest = await newGuest(server());
  const parameters =
    'a heron\nNegative prompt: text\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 5, Model: dream';
  const file = Buffer.from(await pngWith(textChunk('parameters', parameters)));
  const data = file.toString('base64');
  const plain = await saveMedia(guest, { data, filename: 'heron.png' });
  expect(plain).toMatchObject({
    prompt: 'a heron',
    model: 'dream',
    seed: 5,
    settings: { steps: 20, sampler: 'Euler', cfg: 7, negativePrompt: 'text' },
    metadata: { filename: 'heron.png', embedded: { generator: 'a1111', raw: parameters } },
    bytes: file.byteLength,
  });
  expect(await download(guest, plain.id)).toBe(data);
  const said = { prompt: 'a bird', seed: 9, settings: { steps: 3 }, metadata: { mine: true } };
  expect(await saveMedia(guest, { data, ...said })).toMatchObject({
    ...said,
    model: 'dream',
    settings: { steps: 3, cfg: 7 },
    metadata: { mine: true, embedded: { generator: 'a1111' } },
  });
});
