import { parseA1111 } from './a1111.ts';
import { parseComfyUi } from './comfyui.ts';
import { parseInvokeAi, parseInvokeAi2 } from './invokeai.ts';
import { parseNovelAi } from './novelai.ts';
import { parseOwn } from './own.ts';
import type { EmbeddedRecipe } from './recipe.ts';
import { isRecord, parseJson, XMP_KEY, type EmbeddedText } from './texts.ts';

/** The recipe in what a file says of itself: our own first, then the most explicit. Null when none is understood. */
export function readEmbedded(texts: readonly EmbeddedText[]): EmbeddedRecipe | null {
  const all = (key: string) =>
    texts.flatMap((found) => (found.key.toLowerCase() === key.toLowerCase() ? [found.text] : []));
  const first = (key: string) => all(key)[0] ?? null;

  for (const packet of all(XMP_KEY)) {
    const own = parseOwn(packet);
    if (own) return own;
  }
  const readers = [
    () => mapText(first('invokeai_metadata'), parseInvokeAi),
    () => mapText(first('sd-metadata'), parseInvokeAi2),
    () =>
      mapText(novelComment(first('Software'), first('Comment')), (comment) =>
        parseNovelAi(comment, first('Description') ?? '', first('Source') ?? ''),
      ),
    () => mapText(first('parameters') ?? first('UserComment'), readParameters),
    () => {
      const { prompt, workflow } = comfyTexts(texts);
      return prompt === null && workflow === null ? null : parseComfyUi(prompt, workflow);
    },
  ];
  for (const read of readers) {
    const recipe = read();
    if (recipe) return recipe;
  }
  return null;
}

const mapText = <T>(text: string | null, parse: (text: string) => T | null): T | null =>
  text === null ? null : parse(text);

const novelComment = (software: string | null, comment: string | null) =>
  software?.startsWith('NovelAI') ? comment : null;

/** `parameters` of other programs are JSON, which is no prompt; a comment that is neither says nothing of a recipe. */
const readParameters = (text: string) => {
  if (/^\s*[[{]/.test(text)) return null;
  const recipe = parseA1111(text);
  return recipe && 'steps' in recipe.settings ? recipe : null;
};

/**
 * A PNG and a film have the graphs as texts of their own; EXIF has them in fields that mean something else, after
 * their name and a colon; some tools put both into the comment as one JSON object.
 */
function comfyTexts(texts: readonly EmbeddedText[]): { prompt: string | null; workflow: string | null } {
  const graphs: { prompt: string | null; workflow: string | null } = { prompt: null, workflow: null };
  const take = (name: string, text: string) => {
    if (name === 'prompt' || name === 'workflow') graphs[name] ??= text;
  };
  for (const { key, text } of texts) {
    take(key.toLowerCase(), text);
    const named = /^(prompt|workflow):/i.exec(text);
    if (named) take((named[1] ?? '').toLowerCase(), text.slice(named[0].length));
    if (!/^(comment|usercomment)$/i.test(key) || !text.startsWith('{')) continue;
    const both = parseJson(text);
    if (!isRecord(both)) continue;
    for (const name of ['prompt', 'workflow']) {
      const graph = both[name];
      if (typeof graph === 'string') take(name, graph);
      else if (isRecord(graph)) take(name, JSON.stringify(graph));
    }
  }
  return graphs;
}
