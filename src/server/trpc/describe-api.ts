/** The OpenAPI document: the procedures as trpc-to-openapi describes them, and what only this server knows of them. */
import { generateOpenApiDocument } from 'trpc-to-openapi';
import { createSchema } from 'zod-openapi';
import { ERROR_STATUS } from '#core/errors.ts';
import { MAX_UPLOAD_BYTES } from '#core/upload.ts';
import { ImageSettings, VideoSettings } from '#core/settings.ts';
import { listProcedures } from './procedures.ts';
import { appRouter } from './root.ts';

type Document = ReturnType<typeof generateOpenApiDocument>;
type Paths = NonNullable<Document['paths']>;
type Operation = NonNullable<Paths[string]['get']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const ERROR = {
  type: 'object' as const,
  required: ['error'],
  properties: {
    error: {
      type: 'object' as const,
      required: ['code', 'message', 'field'],
      properties: {
        code: { type: 'string' as const, enum: Object.keys(ERROR_STATUS) },
        message: { type: 'string' as const, description: 'What happened, what was kept, what to do.' },
        field: {
          type: ['string', 'null'] as ['string', 'null'],
          description: 'The input at fault, such as settings.aspect.',
        },
      },
    },
  },
};

const SETTINGS = {
  ImageSettings: createSchema(ImageSettings, { io: 'input' }).schema,
  VideoSettings: createSchema(VideoSettings, { io: 'input' }).schema,
};

const failure = {
  description: 'Every failure has this form.',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
};

const id = {
  name: 'id',
  in: 'path' as const,
  required: true,
  schema: { type: 'string' as const, format: 'uuid' },
};

/** Routes that carry bytes instead of JSON, and so are no procedures. */
const BYTE_ROUTES: Paths = {
  '/uploads/{id}': {
    put: {
      operationId: 'upload-put',
      tags: ['media'],
      summary: 'Send the bytes of a file ahead of its record',
      description: `At most ${MAX_UPLOAD_BYTES} bytes, under a UUID that you make. They wait one hour for a POST /media that names them.`,
      parameters: [id],
      requestBody: {
        required: true,
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
      responses: { 201: { description: 'The bytes are kept and verified.' }, default: failure },
    },
    head: {
      operationId: 'upload-head',
      tags: ['media'],
      summary: 'Ask how much of a file has arrived',
      description:
        'Upload-Offset in the answer is where to go on. Upload-Via: uploadthing says that a browser may send to UploadThing by /api/uploadthing instead.',
      parameters: [id],
      responses: {
        200: { description: 'Upload-Offset: bytes that need not be sent again.' },
        default: failure,
      },
    },
    patch: {
      operationId: 'upload-patch',
      tags: ['media'],
      summary: 'Send a file in parts',
      description:
        'The body begins at Upload-Offset of a file of Upload-Length bytes. What came stays for an hour when the connection breaks: ask with HEAD, go on there. Parts lie on the machine that took them.',
      parameters: [
        id,
        ...['upload-offset', 'upload-length'].map((name) => ({
          name,
          in: 'header' as const,
          required: true,
          schema: { type: 'integer' as const },
        })),
      ],
      requestBody: {
        required: true,
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
      responses: {
        200: { description: 'The part has arrived; Upload-Offset says where the next begins.' },
        201: { description: 'It was the last: the bytes are kept and verified.' },
        default: failure,
      },
    },
  },
  '/export': {
    get: {
      operationId: 'export-get',
      tags: ['privacy'],
      summary: 'Download everything',
      description:
        'One ZIP, made while it is read: every original byte for byte under media/ and trash/ with a JSON record beside it, generations.json, collections.json, receipts.json, for an account account.json, and library.json as the last entry. A file that is lost or could not be read whole is listed in failed.json, with the reason. While a storage that it needs does not answer: 503, or the answer breaks off. Ten times an hour.',
      responses: {
        200: { description: 'The archive', content: { 'application/zip': {} } },
        default: failure,
      },
    },
  },
  '/media/{id}/{role}': {
    servers: [{ url: '/' }],
    get: {
      operationId: 'media-bytes',
      tags: ['media'],
      summary: 'Read the bytes of one file',
      description:
        'Roles: original, preview, thumb, poster, source-1 to source-4, as named in the urls of an item. Takes ranges and validators; the original and the sources come as attachments.',
      parameters: [id, { name: 'role', in: 'path', required: true, schema: { type: 'string' } }],
      responses: {
        200: { description: 'The whole file' },
        206: { description: 'The part asked for' },
        304: { description: 'Unchanged' },
        default: failure,
      },
    },
  },
};

const STATUS = new Map(
  listProcedures().flatMap(({ meta }) =>
    meta?.openapi
      ? [[`${meta.openapi.method} ${meta.openapi.path}`.toLowerCase(), meta.status ?? 200] as const]
      : [],
  ),
);

function correct(operation: Operation, route: string): Operation {
  const success = operation.responses?.['200'];
  return {
    ...operation,
    security: [{ guest: [] }, {}],
    responses: { [STATUS.get(route) ?? 200]: success, default: failure },
  };
}

export function describeApi(): Document {
  const document = generateOpenApiDocument(appRouter, {
    title: 'Afterimage',
    description:
      'The owner is the cookie jar. The first write by a client without a cookie makes a guest and sets the cookie in its answer; keep it, and everything written with it stays yours. What belongs to somebody else answers 404, as what does not exist.',
    version: '1',
    baseUrl: '/api/v1',
    securitySchemes: { guest: { type: 'apiKey', in: 'cookie', name: 'guest' } },
  });
  const paths: Paths = {};
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    const corrected: Paths[string] = { ...item };
    for (const method of METHODS) {
      const operation = item[method];
      if (operation) corrected[method] = correct(operation, `${method} ${path}`.toLowerCase());
    }
    paths[path] = corrected;
  }
  return {
    ...document,
    paths: { ...paths, ...BYTE_ROUTES },
    components: {
      ...document.components,
      schemas: { ...document.components?.schemas, ...SETTINGS, Error: ERROR },
    },
  };
}
