import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Piscina } from 'piscina';
import sharp from 'sharp';
import { ProviderError, type Provider, type ProviderOutput, type ProviderRequest } from '../port.ts';
import type { Rendered, RenderJob } from './job.ts';
import { frameSize } from './size.ts';

const COMMON_FIELDS = ['aspect', 'seed', 'negativePrompt', 'style', 'headline', 'demo'] as const;

/** Threads for pictures: at most two, so that a small machine still answers requests. */
const MAX_THREADS = 2;
const IDLE_MS = 20_000;

/** Paints pictures and clips on this computer, from the prompt and the seed alone: no key, no network. */
export function createDemoProvider(): Provider {
  let pool: Piscina<RenderJob, Rendered> | null = null;
  let closed = false;
  const threads = () => {
    pool ??= new Piscina<RenderJob, Rendered>({
      // Named from the working directory: a bundler would otherwise pull the painter into the server's bundle.
      filename: path.join(/* turbopackIgnore: true */ process.cwd(), 'src/server/providers/demo/render.ts'),
      minThreads: 0,
      maxThreads: MAX_THREADS,
      idleTimeout: IDLE_MS,
      execArgv: [],
      env: {},
    });
    return pool;
  };

  return {
    id: 'demo',
    models: [
      {
        id: 'demo-image',
        kind: 'image',
        label: 'Demo pictures',
        demo: true,
        fields: [...COMMON_FIELDS, 'width', 'height'],
      },
      {
        id: 'demo-video',
        kind: 'video',
        label: 'Demo clips',
        demo: true,
        fields: [...COMMON_FIELDS, 'durationSeconds', 'fps'],
      },
    ],
    async generate(request, signal) {
      if (closed)
        throw new ProviderError('unavailable', 'The demo painter has stopped. Try again in a moment.');
      const { demo } = request.settings;
      try {
        signal.throwIfAborted();
        if (demo?.slowMs) await wait(demo.slowMs, undefined, { signal });
        if (demo?.fail === 'all' || demo?.fail?.includes(request.index)) {
          throw new ProviderError(
            'failed',
            'The demo painter was asked to fail this one. Nothing was saved.',
          );
        }
        const job = planJob(request);
        return await finishOutput(request, job, await threads().run(job, { signal }));
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof ProviderError) throw error;
        throw new ProviderError('failed', 'The demo painter could not finish this picture. Try again.', {
          cause: error,
        });
      }
    },
    async close() {
      closed = true;
      await pool?.destroy();
    },
  };
}

const DEFAULT_FPS = 24;
const DEFAULT_SECONDS = 3.5;

function planJob(request: ProviderRequest): RenderJob {
  const { settings } = request;
  let clip: RenderJob['clip'] = null;
  if (request.kind === 'video') {
    const fps = request.settings.fps ?? DEFAULT_FPS;
    clip = { fps, frames: Math.round(fps * (request.settings.durationSeconds ?? DEFAULT_SECONDS)) };
  }
  return {
    ...frameSize(request),
    prompt: request.prompt,
    negativePrompt: settings.negativePrompt ?? '',
    style: settings.style ?? '',
    headline: settings.headline ?? '',
    seed: request.seed,
    clip,
  };
}

async function finishOutput(
  request: ProviderRequest,
  job: RenderJob,
  rendered: Rendered,
): Promise<ProviderOutput> {
  const still = sharp(rendered.pixels, {
    raw: { width: job.width, height: job.height, channels: 4 },
  }).removeAlpha();
  const actual = {
    demo: true,
    width: job.width,
    height: job.height,
    scene: rendered.scene,
    mood: rendered.mood,
    style: rendered.style,
    weather: rendered.weather,
    palette: rendered.palette,
    ...(rendered.skippedCharacters && { skippedCharacters: rendered.skippedCharacters }),
  };
  if (rendered.mp4 && job.clip) {
    const { fps, frames } = job.clip;
    return {
      bytes: rendered.mp4,
      poster: await still.webp({ quality: 90 }).toBuffer(),
      seed: request.seed,
      actual: { ...actual, fps, durationMs: Math.round((frames / fps) * 1000) },
    };
  }
  // Grain makes PNG four times the size for no gain that is seen; JPEG opens everywhere.
  const bytes = await still.jpeg({ quality: 92, chromaSubsampling: '4:4:4', mozjpeg: true }).toBuffer();
  return { bytes, poster: null, seed: request.seed, actual };
}
