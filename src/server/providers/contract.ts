import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aspectRatio } from '#core/settings.ts';
import { ProviderError, type Model, type Provider, type ProviderRequest } from './port.ts';

/** Room for a real clip on a busy machine. */
const TIMEOUT = { timeout: 60_000 };

/** Tests that hold for every provider; a new one calls this from its own test file. */
export function describeProvider(name: string, createProvider: () => Provider) {
  describe(`${name} keeps the provider port`, TIMEOUT, () => {
    let provider: Provider;
    beforeAll(() => {
      provider = createProvider();
    });
    afterAll(() => provider.close());
    const never = new AbortController().signal;
    const models = createProviderModels(createProvider);

    test('its models have an id of their own, a label and a kind', () => {
      expect(models.length).toBeGreaterThan(0);
      expect(new Set(models.map(({ id }) => id)).size).toBe(models.length);
      for (const { label } of models) expect(label.trim()).not.toBe('');
    });

    test.each(models)('$id makes a whole file near the aspect asked for', async (model) => {
      const output = await provider.generate(requestFor(model), never);
      const { width, height } = await measure(model, output.bytes);
      expect(width / height / aspectRatio('3:2')).toBeCloseTo(1, 1);
      expect(output.seed >>> 0).toBe(output.seed);
      expect(JSON.parse(JSON.stringify(output.actual))).toEqual(output.actual);
      const still = output.poster ? await sharp(output.poster).metadata() : null;
      expect(still && { width: still.width, height: still.height }).toEqual(
        model.kind === 'image' ? null : { width, height },
      );
      expect([undefined, 'webp', 'png']).toContain(still?.format);
    });

    test.each(models)('$id rejects with the reason of a signal that has fired', async (model) => {
      const reason = new Error('cancelled before it began');
      await expect(provider.generate(requestFor(model), AbortSignal.abort(reason))).rejects.toBe(reason);
    });

    test.each(models)('$id stops when the signal fires while it works', async (model) => {
      const reason = new Error('cancelled on the way');
      const controller = new AbortController();
      const outcome = provider.generate(requestFor(model), controller.signal);
      setTimeout(() => controller.abort(reason), 20);
      await expect(outcome).rejects.toBe(reason);
    });

    test('it works after a cancelled request as before', async () => {
      const [model] = models;
      if (!model) throw new Error('The provider has no model.');
      const output = await provider.generate(requestFor(model), never);
      expect(output.bytes.byteLength).toBeGreaterThan(0);
    });

    test.each(models)('$id is unavailable once closed', async (model) => {
      const closing = createProvider();
      await closing.close();
      const error = await closing.generate(requestFor(model), never).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ProviderError);
      expect(error).toMatchObject({ code: 'unavailable' });
    });
  });
}

/** Tests are named before the provider under test exists, from one that is never asked to work. */
function createProviderModels(createProvider: () => Provider): readonly Model[] {
  const provider = createProvider();
  void provider.close();
  return provider.models;
}

export function requestFor(model: Model): ProviderRequest {
  const common = {
    model: model.id,
    prompt: 'a quiet harbour at dawn',
    index: 0,
    seed: 7,
    requestId: 'contract-0',
  };
  return model.kind === 'image'
    ? { ...common, kind: 'image', settings: { aspect: '3:2' } }
    : { ...common, kind: 'video', settings: { aspect: '3:2', durationSeconds: 1 } };
}

async function measure(model: Model, bytes: Uint8Array): Promise<{ width: number; height: number }> {
  if (model.kind === 'image') return sharp(bytes).metadata();
  const clip = await readClip(bytes);
  return { width: clip.width, height: clip.height };
}

/** What a player learns from a clip, or an error when it cannot read it. */
export async function readClip(bytes: Uint8Array) {
  const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw new Error('The clip has no picture.');
  const stats = await track.computePacketStats();
  return {
    mime: await input.getMimeType(),
    seconds: await input.computeDuration(),
    width: track.displayWidth,
    height: track.displayHeight,
    codec: track.codec,
    frames: stats.packetCount,
  };
}
