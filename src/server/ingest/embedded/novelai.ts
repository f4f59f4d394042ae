import { toRecipe, type EmbeddedRecipe } from './recipe.ts';
import { isRecord, parseJson } from './texts.ts';

/** `Comment` of NovelAI; `Description` holds the prompt again and `Source` the model. */
export function parseNovelAi(comment: string, description: string, source: string): EmbeddedRecipe | null {
  const data = parseJson(comment);
  if (!isRecord(data)) return null;
  const positive = captionOf(data['v4_prompt']);
  const negative = captionOf(data['v4_negative_prompt']);
  return toRecipe(
    'novelai',
    {
      prompt: positive ?? data['prompt'] ?? description,
      negativePrompt: negative ?? data['uc'],
      model: source,
      seed: data['seed'],
      steps: data['steps'],
      cfg: data['scale'],
      sampler: data['sampler'],
      scheduler: data['noise_schedule'],
      width: data['width'],
      height: data['height'],
    },
    comment,
  );
}

/** From version 4 on: one caption of the whole and one for each character. */
function captionOf(value: unknown): string | null {
  const caption = isRecord(value) ? value['caption'] : null;
  if (!isRecord(caption)) return null;
  const characters = Array.isArray(caption['char_captions']) ? caption['char_captions'] : [];
  const texts = [
    caption['base_caption'],
    ...characters.map((one: unknown) => (isRecord(one) ? one['char_caption'] : null)),
  ];
  return texts.filter((text) => typeof text === 'string' && text !== '').join('\n') || null;
}
