import { createRandom, hashText } from './random.ts';
import {
  COLOR_WORDS,
  MOOD_WORDS,
  MOODS,
  SCENE_WORDS,
  SCENES,
  STYLE_WORDS,
  STYLES,
  WEATHER_WORDS,
  type MoodName,
  type SceneName,
  type StyleName,
  type Weather,
} from './vocabulary.ts';

/** What the painter understood of a prompt. */
export type Reading = {
  scene: SceneName;
  mood: MoodName;
  /** False when the prompt names no time or weather, and the mood was chosen by its hash. */
  moodNamed: boolean;
  weather: Weather | null;
  colors: { hue: number; chroma: number }[];
  style: StyleName;
  /** Words of the prompt, for details such as which animal. */
  words: ReadonlySet<string>;
  /** From the prompt alone: what the outputs of one prompt have in common. */
  hash: number;
};

/** Moods that suit a scene when the prompt names none. */
const USUAL_MOODS: Partial<Record<SceneName, readonly [MoodName, ...MoodName[]]>> = {
  ocean: ['sunset', 'day', 'dawn', 'dusk', 'gold'],
  mountains: ['dawn', 'mist', 'sunset', 'dusk', 'gold'],
  dunes: ['gold', 'sunset', 'dawn', 'dusk'],
  forest: ['mist', 'gold', 'dawn', 'dusk'],
  city: ['dusk', 'night', 'sunset'],
  space: ['night'],
  aurora: ['night'],
  fire: ['night'],
};

/** Stars do not show by day, whatever else the prompt says. */
const NIGHT_SCENES: ReadonlySet<SceneName> = new Set(['space', 'aurora']);

export function readPrompt(prompt: string, negative: string, style: string): Reading {
  const avoided = wordsOf(negative);
  const words = new Set([...wordsOf(prompt)].filter((word) => !avoided.has(word)));
  const hash = hashText([...words].join(' ') || prompt);
  const scene = bestMatch(SCENES, SCENE_WORDS, words) ?? unnamedScene(words, avoided, hash);
  const named = bestMatch(MOODS, MOOD_WORDS, words);
  const usual = (USUAL_MOODS[scene] ?? MOODS).filter((mood) => !touches(MOOD_WORDS[mood], avoided));
  const weathers: Weather[] = ['rain', 'snow'];
  return {
    scene,
    mood:
      (NIGHT_SCENES.has(scene) ? 'night' : named) ??
      createRandom(hash).pick([usual[0] ?? 'dusk', ...usual.slice(1)]),
    moodNamed: named !== null,
    weather: weathers.find((weather) => touches(WEATHER_WORDS[weather], words)) ?? null,
    colors: [...words].flatMap((word) => COLOR_WORDS[word] ?? []).slice(0, 3),
    style: bestMatch(STYLES, STYLE_WORDS, wordsOf(style)) ?? bestMatch(STYLES, STYLE_WORDS, words) ?? 'photo',
    words,
    hash,
  };
}

/** Lower-case words, each also without a plural s; scripts without spaces give their characters and pairs. */
function wordsOf(text: string): Set<string> {
  const words = new Set<string>();
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu)) {
    words.add(word);
    if (word.length > 3 && word.endsWith('s')) words.add(word.slice(0, -1));
    if (word.includes('-')) for (const part of word.split('-')) words.add(part);
    if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word)) {
      const characters = Array.from(word);
      for (const [i, character] of characters.entries()) {
        words.add(character).add(character + (characters[i + 1] ?? ''));
      }
    }
  }
  return words;
}

const touches = (list: string, words: ReadonlySet<string>) => list.split(' ').some((word) => words.has(word));

/** The name with the most words of the prompt; of equals, the one whose word comes first in the prompt. */
function bestMatch<T extends string>(
  names: readonly T[],
  lists: Record<T, string>,
  words: ReadonlySet<string>,
): T | null {
  const order = [...words];
  let best: { name: T; hits: number; first: number } | null = null;
  for (const name of names) {
    const list = new Set(lists[name].split(' '));
    const hits = order.filter((word) => list.has(word)).length;
    const first = order.findIndex((word) => list.has(word));
    if (hits > 0 && (!best || hits > best.hits || (hits === best.hits && first < best.first))) {
      best = { name, hits, first };
    }
  }
  return best?.name ?? null;
}

/** A time of day or weather alone means a landscape; anything else is left to the abstract families. */
function unnamedScene(words: ReadonlySet<string>, avoided: ReadonlySet<string>, hash: number): SceneName {
  const landscapes: SceneName[] = ['ocean', 'mountains', 'forest', 'dunes'];
  const abstracts: SceneName[] = ['marble', 'marble', 'geometry', 'contours', 'garden', 'space'];
  const outdoors = bestMatch(MOODS, MOOD_WORDS, words) !== null;
  const allowed = (outdoors ? landscapes : abstracts).filter(
    (scene) => !touches(SCENE_WORDS[scene], avoided) && !avoided.has(scene),
  );
  return allowed[hash % Math.max(1, allowed.length)] ?? 'marble';
}
