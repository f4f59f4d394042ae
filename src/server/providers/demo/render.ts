/** Entry of a rendering thread: one job in, one picture or clip out. Runs on plain Node, so imports stay relative. */
import { makeCanvas } from './canvas.ts';
import { encodeClip } from './clip.ts';
import type { Rgb } from './color.ts';
import { makeFinisher } from './finish.ts';
import type { Rendered, RenderJob } from './job.ts';
import { setHeadline } from './lettering.ts';
import { makeNoise } from './noise.ts';
import { choosePalette } from './palette.ts';
import { createRandom, scramble } from './random.ts';
import { readPrompt } from './reading.ts';
import { SCENE_PAINTERS } from './scenes.ts';
import type { Studio } from './studio.ts';
import { STYLE_TREATMENTS } from './styles.ts';
import { makeWeather } from './weather.ts';

export default async function render(job: RenderJob): Promise<Rendered> {
  const { width, height, clip } = job;
  const reading = readPrompt(job.prompt, job.negativePrompt, job.style);
  const random = createRandom(scramble(job.seed) ^ reading.hash);
  const palette = choosePalette(reading, random.fork('palette'));
  const studio: Studio = {
    width,
    height,
    unit: Math.sqrt(width * height),
    random: random.fork('scene'),
    noise: makeNoise(random.fork('noise')),
    palette,
    reading,
    moving: clip !== null,
  };
  const paint = SCENE_PAINTERS[reading.scene](studio);
  const weather = makeWeather(studio);
  const canvas = makeCanvas(width, height);
  const style = STYLE_TREATMENTS[reading.style];
  const treat = style.treat?.(studio);
  // Moving grain costs a clip more bits than the picture itself.
  const finish = clip ? { ...style.finish, grain: Math.min(0.6, style.finish.grain) } : style.finish;
  const develop = makeFinisher(width, height, finish, job.seed);
  const lettering = job.headline ? setHeadline(job.headline, width, height) : null;
  const drawFrame = (phase: number, frame: number, target: Uint8ClampedArray<ArrayBuffer>) => {
    paint(canvas, phase);
    weather?.(canvas, phase);
    treat?.(canvas, phase);
    develop(canvas, target, frame);
    lettering?.draw(target);
  };
  const pixels = new Uint8ClampedArray(width * height * 4);
  drawFrame(0, 0, pixels);
  const mp4 = clip
    ? await encodeClip({ width, height, ...clip }, (frame, target) =>
        drawFrame(frame / clip.frames, frame, target),
      )
    : null;
  return {
    pixels,
    mp4,
    scene: reading.scene,
    mood: reading.mood,
    style: reading.style,
    weather: reading.weather,
    palette: palette.accents.map(toHex),
    skippedCharacters: lettering?.missing ?? '',
  };
}

const toHex = (color: Rgb) =>
  `#${color
    .map((light) => {
      const coded = light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
      return Math.round(Math.max(0, Math.min(1, coded)) * 255)
        .toString(16)
        .padStart(2, '0');
    })
    .join('')}`;
