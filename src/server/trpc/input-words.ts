/**
 * Says what an input takes, in place of the words of the library of schemas: `limit takes a whole number from 1 to 500.`
 * A message that a schema brings itself goes before.
 */
import { z } from 'zod';

type Issue = z.core.$ZodRawIssue;
type Shape = z.core.JSONSchema.BaseSchema;

const listed = (values: readonly unknown[], last: string): string =>
  values.length > 1
    ? `${values.slice(0, -1).map(String).join(', ')} ${last} ${String(values.at(-1))}`
    : String(values[0]);

const count = (value: number) => value.toLocaleString('en');

/** A range of which either end may be open; the ends of what a double holds exactly are open ones. */
function rangeWords(least: number | undefined, most: number | undefined, between: string): string {
  const from = least !== undefined && least > Number.MIN_SAFE_INTEGER ? count(least) : null;
  const to = most !== undefined && most < Number.MAX_SAFE_INTEGER ? count(most) : null;
  if (from !== null && to !== null) return from === to ? from : `${from} ${between} ${to}`;
  if (from !== null) return `at least ${from}`;
  return to === null ? '' : `at most ${to}`;
}

function lengthWords(noun: string, least: number | undefined, most: number | undefined, of: string): string {
  const range = rangeWords(least === 0 ? undefined : least, most, 'to');
  return range === '' ? noun : `${noun} of ${range} ${of}`;
}

function numberWords(noun: string, { minimum, maximum }: Shape): string {
  const range = rangeWords(minimum, maximum, 'to');
  if (range === '') return noun;
  return range.startsWith('at ') ? `${noun} of ${range}` : `${noun} from ${range}`;
}

const FORMATS: Record<string, string> = {
  uuid: 'a UUID',
  'date-time': 'a time such as 2026-01-31T12:00:00Z',
  uri: 'a web address',
  email: 'an e-mail address',
};

/** What a schema takes; null where that cannot be said in a few words. */
function takes(schema: Shape): string | null {
  const { anyOf, oneOf, format } = schema;
  const values = schema.const === undefined ? schema.enum : [schema.const];
  if (values) return listed(values, 'or');
  const options = anyOf ?? oneOf;
  if (options) {
    const words = options.map((option) => (typeof option === 'boolean' ? null : takes(option)));
    return words.includes(null) ? null : listed([...new Set(words)], 'or');
  }
  const { type } = schema;
  switch (type) {
    case 'integer':
      return numberWords('a whole number', schema);
    case 'number':
      return numberWords('a number', schema);
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'array':
      return lengthWords('a list', schema.minItems, schema.maxItems, 'entries');
    case 'object':
      return 'a JSON object';
    case 'string': {
      const known = format === undefined ? undefined : FORMATS[format];
      return known ?? lengthWords('text', schema.minLength, schema.maxLength, 'characters');
    }
    case undefined:
    default:
      return null;
  }
}

function schemaWords(schema: Issue['schema']): string | null {
  if (!(schema instanceof z.ZodType)) return null;
  // Of an object only that it is one: what is in it has names of its own.
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return 'a JSON object';
  const words = takes(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  const isV7 = 'version' in schema.def && schema.def.version === 'v7';
  return words !== null && isV7 ? `${words} of version 7` : words;
}

/** One sentence or two for what is wrong with an input, by the name of its field. */
export function describeIssue(issue: Issue): string {
  const field = (issue.path ?? []).map(String).join('.') || 'The input';
  if (issue.code === 'unrecognized_keys') {
    const fields = issue.schema instanceof z.ZodObject ? Object.keys(issue.schema.shape) : [];
    const known = fields.length > 0 ? ` Known are ${listed(fields, 'and')}.` : '';
    return `${issue.keys[0]} is not known here.${known}`;
  }
  const words =
    issue.code === 'invalid_union' && Array.isArray(issue.options)
      ? listed(issue.options, 'or')
      : schemaWords(issue.schema);
  if (issue.input === undefined) return `${field} is missing.${words === null ? '' : ` It takes ${words}.`}`;
  return words === null ? `${field} cannot be used as it is.` : `${field} takes ${words}.`;
}
