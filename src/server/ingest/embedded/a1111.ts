import { toRecipe, type EmbeddedRecipe, type Found } from './recipe.ts';

const NEGATIVE = 'Negative prompt:';

/**
 * The text of AUTOMATIC1111's web UI and its kin (Forge, SD.Next, Civitai): the prompt, a line that begins with
 * `Negative prompt:`, and a last line of `Steps: 20, Sampler: Euler a, ...`. Without that line it is all prompt.
 */
export function parseA1111(text: string): EmbeddedRecipe | null {
  const lines = text.trim().split('\n');
  const found = readParameters(lines.at(-1) ?? '');
  if (found) lines.pop();
  const start = lines.findIndex((line) => line.trimStart().startsWith(NEGATIVE));
  const negative = start < 0 ? [] : lines.splice(start);
  return toRecipe(
    'a1111',
    {
      ...found,
      prompt: lines.join('\n'),
      negativePrompt: negative.join('\n').trimStart().slice(NEGATIVE.length),
    },
    text,
  );
}

const NAMES: Record<string, keyof Found> = {
  Steps: 'steps',
  Sampler: 'sampler',
  'Schedule type': 'scheduler',
  'CFG scale': 'cfg',
  'Distilled CFG Scale': 'guidance',
  'Denoising strength': 'denoise',
  'Clip skip': 'clipSkip',
  Seed: 'seed',
  Model: 'model',
};

/** Null for a line that is not one of parameters. */
function readParameters(line: string): Found | null {
  const found: Found = {};
  let known = 0;
  for (const [name, value] of readPairs(line)) {
    const key = NAMES[name];
    const size = name === 'Size' ? /^(\d{1,5})x(\d{1,5})$/.exec(value) : null;
    if (key === undefined && !size) continue;
    known += 1;
    if (key !== undefined) found[key] ??= value;
    if (size) Object.assign(found, { width: size[1], height: size[2] });
  }
  return known >= 2 && 'steps' in found ? found : null;
}

/** `name: value, name: "a, quoted value", ...` read once from left to right. */
function* readPairs(line: string): Iterable<[name: string, value: string]> {
  for (let at = 0; at < line.length;) {
    const colon = line.indexOf(':', at);
    if (colon < 0) return;
    const name = line.slice(at, colon).trim();
    let from = colon + 1;
    while (line[from] === ' ') from += 1;
    let end = from;
    if (line[from] === '"') {
      end += 1;
      while (end < line.length && line[end] !== '"') end += line[end] === '\\' ? 2 : 1;
    }
    const comma = line.indexOf(',', end);
    end = comma < 0 ? line.length : comma;
    yield [name, line.slice(from, end).trim()];
    at = end + 1;
  }
}
