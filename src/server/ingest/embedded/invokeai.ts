import { modelName, toRecipe, type EmbeddedRecipe } from './recipe.ts';
import { isRecord, parseJson } from './texts.ts';

/** `invokeai_metadata`, of InvokeAI 3 and later. */
export function parseInvokeAi(text: string): EmbeddedRecipe | null {
  const data = parseJson(text);
  if (!isRecord(data)) return null;
  const { model } = data;
  return toRecipe(
    'invokeai',
    {
      prompt: data['positive_prompt'],
      negativePrompt: data['negative_prompt'],
      model: isRecord(model) ? (model['name'] ?? modelName(model['model_name'])) : modelName(model),
      seed: data['seed'],
      steps: data['steps'],
      cfg: data['cfg_scale'],
      guidance: data['guidance'],
      scheduler: data['scheduler'],
      width: data['width'],
      height: data['height'],
    },
    text,
  );
}

/** `sd-metadata`, of InvokeAI 2: prompts with weights, and what is to be left out in square brackets. */
export function parseInvokeAi2(text: string): EmbeddedRecipe | null {
  const data = parseJson(text);
  if (!isRecord(data) || !isRecord(data['image'])) return null;
  const { image } = data;
  const parts = Array.isArray(image['prompt']) ? image['prompt'] : [image['prompt']];
  const prompts = parts.map((part: unknown) => (isRecord(part) ? part['prompt'] : part));
  const prompt = prompts.filter((part) => typeof part === 'string').join(' ');
  const bracketed = /\[([^[\]]*)\]/g;
  return toRecipe(
    'invokeai',
    {
      prompt: prompt.replace(bracketed, ''),
      negativePrompt: Array.from(prompt.matchAll(bracketed), ([, inner]) => inner).join(', '),
      model: modelName(data['model_weights'] ?? data['model']),
      seed: image['seed'],
      steps: image['steps'],
      cfg: image['cfg_scale'],
      sampler: image['sampler'],
      width: image['width'],
      height: image['height'],
    },
    text,
  );
}
