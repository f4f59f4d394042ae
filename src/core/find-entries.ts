/**
 * Finds every entry of a history in whatever was exported. Invariant: of two lists in one place neither hides the
 * other; a list is a part of a record only where that record tells how its pictures were made or has one itself.
 */
import { hasOwnLink, hasRecipe, isEntry, isText, keyOf, looksLikeEntry, readEntry } from './history.ts';

/** Names under which a record of several outputs keeps them. */
const OUTPUTS = new Set(['urls', 'images', 'videos', 'outputs', 'results', 'imageUrls', 'videoUrls']);

/** Names of lists that belong to the outputs beside them. */
const PARTS = /thumb|preview|poster|reference|source|input/i;

/** How deep a storage dump is looked into. */
const DEPTH = 4;

function parseText(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Every entry of whatever was exported: a list, one record, or a dump of a storage whose values are lists, also as
 * text. Empty when there is no history in it.
 */
export function findEntries(value: unknown, depth = 0): unknown[] {
  if (depth > DEPTH) return [];
  if (typeof value === 'string') return findEntries(parseText(value), depth + 1);
  if (Array.isArray(value)) {
    // A list whose entries hold lists themselves is a list of histories, unless an entry has a picture of its own.
    const nested = value.every((entry) => Array.isArray(entry) || (isEntry(entry) && !looksLikeEntry(entry)));
    const inner = nested ? value.flatMap((entry) => spreadOrFind(entry, depth)) : [];
    return inner.length > 0 ? inner : value.flatMap((entry) => spread(entry, depth));
  }
  if (!isEntry(value)) return [];
  if (looksLikeEntry(value)) return spread(value, depth);
  return spreadOrFind(value, depth);
}

function spreadOrFind(value: unknown, depth: number): unknown[] {
  if (Array.isArray(value)) return findEntries(value, depth + 1);
  const apart = spread(value, depth);
  if (apart.length > 1 || apart.some(looksLikeEntry)) return apart;
  return isEntry(value) ? Object.values(value).flatMap((inner) => findEntries(inner, depth + 1)) : [];
}

/** A record of several outputs as one record each, and the histories that lie beside outputs without a recipe. */
function spread(value: unknown, depth: number): unknown[] {
  if (!isEntry(value) || hasOwnLink(value)) return [value];
  const common = { ...value };
  const lists = Object.entries(value).flatMap(([name, list]): { isBeside: boolean; entries: unknown[] }[] => {
    const isBeside = !OUTPUTS.has(name) || !Array.isArray(list);
    if (isBeside && (hasRecipe(value) || PARTS.test(name))) return [];
    const entries = Array.isArray(list) && !isBeside ? list : findLists(list, depth + 1);
    if (entries.length > 0) delete common[name];
    return [{ isBeside, entries }];
  });
  if (!lists.some(({ isBeside, entries }) => !isBeside && entries.length > 0)) return [value];
  const complete = (output: unknown) =>
    isEntry(output) ? { ...common, ...output } : isText(output) ? { ...common, url: output } : output;
  return lists.flatMap(({ isBeside, entries }) => (isBeside ? entries : entries.map(complete)));
}

/** The entries of lists alone: a lone record beside outputs is more often of a person or a page. */
function findLists(value: unknown, depth: number): unknown[] {
  if (depth > DEPTH) return [];
  if (typeof value === 'string') return findLists(parseText(value), depth + 1);
  if (Array.isArray(value)) return value.some(holdsEntry) ? findEntries(value, depth) : [];
  return isEntry(value) ? Object.values(value).flatMap((inner) => findLists(inner, depth + 1)) : [];
}

const isLink = (value: unknown): value is string =>
  isText(value) && /^(https?:|data:(image|video)\/)/i.test(value);

const holdsEntry = (value: unknown) => isLink(value) || findEntries(value, DEPTH - 1).some(looksLikeEntry);

function keysOf(entry: unknown): string[] {
  const read = readEntry(entry);
  return read.type === 'item' ? [keyOf(read.item)] : [];
}

export type PassedOver = { name: string; count: number };

/** Lists within entries whose pictures are not among the entries; they are kept as text with the record around them. */
export function findPassedOver(entries: readonly unknown[]): PassedOver[] {
  const found = new Set(entries.flatMap(keysOf));
  /** By name; what several entries have in common counts once. */
  const missed = new Map<string, Set<string>>();
  for (const entry of entries) {
    if (!isEntry(entry)) continue;
    for (const [name, value] of Object.entries(entry)) {
      const list = typeof value === 'string' ? parseText(value) : value;
      if (!Array.isArray(list)) continue;
      const links = list.filter((inner) => looksLikeEntry(inner) || isLink(inner));
      for (const key of links.flatMap(keysOf)) {
        if (!found.has(key)) missed.set(name, (missed.get(name) ?? new Set<string>()).add(key));
      }
    }
  }
  return Array.from(missed, ([name, { size }]) => ({ name, count: size }));
}
