/** What a reader needs of an OpenAPI document, as plain rows. */
import { z } from 'zod';

const Schema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.looseObject({ type: z.string().optional() })).optional(),
  items: z.looseObject({ type: z.string().optional() }).optional(),
  format: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  maxItems: z.number().optional(),
  default: z.unknown().optional(),
  description: z.string().optional(),
});
const ObjectSchema = z.looseObject({
  properties: z.record(z.string(), Schema).default({}),
  required: z.array(z.string()).default([]),
});
const Operation = z.looseObject({
  summary: z.string().default(''),
  description: z.string().optional(),
  tags: z.array(z.string()).default([]),
  parameters: z
    .array(
      z.looseObject({
        name: z.string(),
        in: z.string(),
        required: z.boolean().default(false),
        schema: Schema,
      }),
    )
    .default([]),
  requestBody: z
    .looseObject({ content: z.record(z.string(), z.looseObject({ schema: ObjectSchema })) })
    .optional(),
  responses: z.record(z.string(), z.unknown()),
});
const Document = z.looseObject({
  info: z.looseObject({ description: z.string().default('') }),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

export type FieldRow = { name: string; where: string; required: boolean; type: string; note: string };
export type OperationRow = {
  id: string;
  method: string;
  path: string;
  tag: string;
  summary: string;
  description: string;
  answers: string;
  fields: FieldRow[];
};
export type Reference = {
  description: string;
  operations: OperationRow[];
  settings: { name: string; fields: FieldRow[] }[];
};

const MAX_SAFE = Number.MAX_SAFE_INTEGER;

function typeOf(schema: z.infer<typeof Schema>): string {
  if (schema.enum) return schema.enum.map(String).join(' | ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map((option) => option.type ?? 'any'))].join(' or ');
  const type = [schema.type ?? 'any'].flat().join(' or ');
  return type === 'array' ? `array of ${schema.items?.type ?? 'any'}` : (schema.format ?? type);
}

function noteOf(schema: z.infer<typeof Schema>): string {
  const { minimum, maximum, maxLength, maxItems } = schema;
  const bounds = [
    minimum !== undefined && minimum > -MAX_SAFE ? `from ${minimum}` : '',
    maximum !== undefined && maximum < MAX_SAFE ? `to ${maximum}` : '',
    maxLength === undefined ? '' : `at most ${maxLength.toLocaleString('en')} characters`,
    maxItems === undefined ? '' : `at most ${maxItems}`,
    schema.default === undefined ? '' : `default ${JSON.stringify(schema.default)}`,
  ];
  return [schema.description, bounds.filter(Boolean).join(', ')].filter(Boolean).join(' ');
}

const toField = (
  name: string,
  where: string,
  required: boolean,
  schema: z.infer<typeof Schema>,
): FieldRow => ({
  name,
  where,
  required,
  type: typeOf(schema),
  note: noteOf(schema),
});

function bodyFields(schema: z.infer<typeof ObjectSchema>, where: string): FieldRow[] {
  return Object.entries(schema.properties).map(([name, field]) =>
    toField(name, where, schema.required.includes(name), field),
  );
}

function toOperation(path: string, method: string, raw: unknown): OperationRow {
  const operation = Operation.parse(raw);
  const body = Object.entries(operation.requestBody?.content ?? {});
  return {
    id: `${method}${path.replace(/\W+/g, '-')}`,
    method: method.toUpperCase(),
    path,
    tag: operation.tags[0] ?? 'other',
    summary: operation.summary,
    description: operation.description ?? '',
    answers: Object.keys(operation.responses)
      .filter((status) => status !== 'default')
      .join(', '),
    fields: [
      ...operation.parameters.map(({ name, in: where, required, schema }) =>
        toField(name, where, required, schema),
      ),
      ...body.flatMap(([type, { schema }]) =>
        type === 'application/json'
          ? bodyFields(schema, 'body')
          : [{ name: 'body', where: 'body', required: true, type, note: 'The bytes themselves.' }],
      ),
    ],
  };
}

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);

export function readReference(document: unknown): Reference {
  const { info, paths, components } = Document.parse(document);
  return {
    description: info.description,
    operations: Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, operation]) =>
        METHODS.has(method) ? [toOperation(path, method, operation)] : [],
      ),
    ),
    settings: ['ImageSettings', 'VideoSettings'].map((name) => ({
      name,
      fields: bodyFields(ObjectSchema.parse(components.schemas[name]), 'settings'),
    })),
  };
}
