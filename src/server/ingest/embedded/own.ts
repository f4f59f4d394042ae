/**
 * The recipe that our own outputs carry as XMP, so that a file which leaves can come back. It says how the picture
 * was made and nothing of whose it is.
 */
import { z } from 'zod';
import type { JsonObject } from '#core/json.ts';
import { Kind, Seed } from '#core/settings.ts';
import type { EmbeddedRecipe } from './recipe.ts';
import { clean, parseJson } from './texts.ts';

/** One level deep: what is nested is direction to a provider or not ours. */
const SettingValue = z.union([
  z.string().max(8000),
  z.number(),
  z.boolean(),
  z.array(z.string().max(2000)).max(20),
]);

const OwnRecipe = z.object({
  version: z.literal(1),
  kind: Kind,
  prompt: z.string().max(8000),
  headline: z.string().max(200).nullable(),
  model: z.string().max(200).nullable(),
  provider: z.string().max(100).nullable(),
  seed: Seed.nullable(),
  settings: z.record(z.string().max(200), SettingValue),
});
export type OwnRecipe = z.infer<typeof OwnRecipe>;

/** What of a record's settings a file carries. */
export function portableSettings(settings: JsonObject): OwnRecipe['settings'] {
  const portable: OwnRecipe['settings'] = {};
  for (const [name, value] of Object.entries(settings)) {
    const parsed = SettingValue.safeParse(value);
    if (parsed.success) portable[name] = parsed.data;
  }
  return portable;
}

const NAMESPACE = 'urn:afterimage:1/';
const OPEN = '<afterimage:recipe>';
const CLOSE = '</afterimage:recipe>';
const ATTRIBUTE = /\safterimage:recipe=(?:"([^"]{0,200000})"|'([^']{0,200000})')/;
const END_OF_RDF = '</rdf:RDF>';

/**
 * @param existing A packet that the file has already: it stays, and ours is added to it.
 * @param describes Whether the prompt stands there once more, as a description that other programs show.
 */
export function writePacket(recipe: OwnRecipe, existing: string | null, describes: boolean): string {
  const json = JSON.stringify(recipe).replace(
    /[\uFFFE\uFFFF]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16)}`,
  );
  const description = [
    `<rdf:Description rdf:about="" xmlns:afterimage="${NAMESPACE}" xmlns:xmp="http://ns.adobe.com/xap/1.0/"`,
    ` xmlns:dc="http://purl.org/dc/elements/1.1/" xmp:CreatorTool="Afterimage">`,
    describes
      ? `<dc:description><rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(recipe.prompt)}</rdf:li></rdf:Alt></dc:description>`
      : '',
    `${OPEN}${escapeXml(json)}${CLOSE}</rdf:Description>`,
  ].join('');
  const end = existing?.lastIndexOf(END_OF_RDF) ?? -1;
  if (existing !== null && end >= 0) return existing.slice(0, end) + description + existing.slice(end);
  return [
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    `${description}${END_OF_RDF}</x:xmpmeta><?xpacket end="r"?>`,
  ].join('');
}

/** The recipe in an XMP packet, also where another program has written it anew as an attribute. */
export function parseOwn(xmp: string): EmbeddedRecipe | null {
  const start = xmp.indexOf(OPEN);
  const end = xmp.indexOf(CLOSE, start);
  const attribute = start < 0 ? ATTRIBUTE.exec(xmp) : null;
  const text =
    start >= 0 && end > start ? xmp.slice(start + OPEN.length, end) : (attribute?.[1] ?? attribute?.[2]);
  if (text === undefined) return null;
  const parsed = OwnRecipe.safeParse(parseJson(unescapeXml(text)));
  if (!parsed.success) return null;
  const { prompt, headline, model, provider, seed, settings } = parsed.data;
  return {
    generator: 'afterimage',
    prompt: tidy(prompt),
    headline: tidy(headline),
    model: tidy(model),
    provider: tidy(provider),
    seed,
    settings: Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [clean(name, 200), tidyValue(value)]),
    ),
    raw: '',
  };
}

const tidy = (value: string | null) => (value === null ? null : clean(value, 8000) || null);

const tidyValue = (value: OwnRecipe['settings'][string]) =>
  typeof value === 'string'
    ? clean(value, 8000)
    : Array.isArray(value)
      ? value.map((text) => clean(text, 2000))
      : value;

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const escapeXml = (text: string) =>
  text
    .replace(/[^\t\n\r\x20-\uFFFD]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

const unescapeXml = (text: string) =>
  text.replace(/&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/g, (whole, name, decimal, hex) => {
    if (typeof name === 'string') return ENTITIES[name] ?? whole;
    const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code > 0x10ffff ? '' : String.fromCodePoint(code);
  });
