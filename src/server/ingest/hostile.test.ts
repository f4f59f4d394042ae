import { describe, expect, it } from 'vitest';
import { AppError } from '#core/errors.ts';
import { prepareMedia } from './prepare.ts';
import { filmMp4, filmWebm, paint } from './sample-media.ts';

/** Small and the same in every run, so that a file which once did harm can be found again. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Flips, fills, cuts out or doubles a stretch, mostly near the front, where sizes and offsets are. */
function damage(whole: Uint8Array, seed: number): Uint8Array {
  const random = seeded(seed);
  const bytes = Buffer.from(whole);
  const reach = random(2) ? bytes.byteLength : Math.min(400, bytes.byteLength);
  const at = 8 + random(reach - 8);
  const length = Math.min(1 + random(64), bytes.byteLength - at);
  switch (seed % 5) {
    case 0:
      bytes[at] = random(256);
      return bytes;
    case 1:
      return bytes.fill(0xff, at, at + length);
    case 2:
      return bytes.fill(0, at, at + length);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    default:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
  }
}

const TAKEN_OR_REFUSED = /^(image|video|(BAD_INPUT|TOO_LARGE|UNSUPPORTED_MEDIA) data)$/;

/** The kind when it was taken; the code and the field when it was refused. Any other error is a defect and throws. */
async function judge(source: Uint8Array): Promise<string> {
  try {
    return (await prepareMedia(source, { field: 'data' })).kind;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `${error.code} ${error.field}`;
  }
}

describe('damaged files are taken or refused, never a defect', () => {
  it.each(['png', 'jpeg', 'webp', 'gif', 'avif'] as const)('%s', async (format) => {
    const whole = await paint(120, 80)[format]().toBuffer();
    const seeds = Array.from({ length: 60 }, (_, seed) => seed);
    const outcomes = await Promise.all(seeds.map((seed) => judge(damage(whole, seed))));
    expect(outcomes).toContain('BAD_INPUT data');
    for (const outcome of outcomes) expect(outcome).toMatch(TAKEN_OR_REFUSED);
  });

  it('films', { timeout: 60_000 }, async () => {
    const films = [await filmMp4(), await filmWebm()].filter((film) => film !== null);
    const outcomes = await Promise.all(
      films.flatMap((film) => Array.from({ length: 10 }, (_, seed) => judge(damage(film, seed)))),
    );
    expect(outcomes).toContain('BAD_INPUT data');
    for (const outcome of outcomes) expect(outcome).toMatch(TAKEN_OR_REFUSED);
  });
});
