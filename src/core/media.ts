/**
 * A media record: one image or video with its recipe. Its id is made by the client (UUIDv7), so that a save can
 * be repeated; its order is (createdAt, id), newest first; its version is the library's at its last change.
 */
import { z } from 'zod';
import { CollectionId } from './collection.ts';
import { JsonObject, Metadata } from './json.ts';
import { isDataUrl } from './source.ts';
import { Headline, Kind, Prompt, Seed } from './settings.ts';

export const MediaId = z.uuid().brand<'MediaId'>();
export type MediaId = z.infer<typeof MediaId>;

export const GenerationId = z.uuid().brand<'GenerationId'>();
export type GenerationId = z.infer<typeof GenerationId>;

export const Origin = z.enum(['generated', 'uploaded', 'imported']);
export type Origin = z.infer<typeof Origin>;

/** The images that an item was made from, in their order; each is kept with the item. */
export const SOURCE_ROLES = ['source-1', 'source-2', 'source-3', 'source-4'] as const;

export const FileRole = z.enum(['original', 'preview', 'thumb', 'poster', ...SOURCE_ROLES]);
export type FileRole = z.infer<typeof FileRole>;

/** Files as they came, byte for byte. All others are made from them, and can be made again. */
export const KEPT_ROLES: readonly FileRole[] = ['original', ...SOURCE_ROLES];
export const isKept = (role: FileRole): boolean => KEPT_ROLES.includes(role);

/** Container types that are stored; the type is found from the bytes, never believed from a name or a header. */
export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif'] as const;
export const VIDEO_TYPES = ['video/mp4', 'video/webm', 'video/quicktime'] as const;
export const Mime = z.enum([...IMAGE_TYPES, ...VIDEO_TYPES]);
export type Mime = z.infer<typeof Mime>;

/** How long an item stays in the trash, in days, unless the operator says otherwise. */
export const TRASH_DAYS = 30;

export const Tag = z.string().trim().min(1).max(60);
const Tags = z.array(Tag).max(50);

export const Media = z.object({
  id: MediaId,
  version: z.int().min(0),
  kind: Kind,
  origin: Origin,
  prompt: z.string(),
  headline: z.string().nullable(),
  tags: z.array(z.string()),
  collectionIds: z.array(CollectionId),
  starred: z.boolean(),
  model: z.string().nullable(),
  provider: z.string().nullable(),
  seed: z.number().nullable(),
  /** What was asked for; what the provider really did is under `metadata.actual`. */
  settings: JsonObject,
  metadata: JsonObject,
  width: z.int(),
  height: z.int(),
  durationMs: z.int().nullable(),
  mime: Mime,
  bytes: z.int(),
  sha256: z.string(),
  /** Base64 of a thumbhash, about 25 bytes; null for a video without a poster. */
  thumbhash: z.string().nullable(),
  generationId: GenerationId.nullable(),
  outputIndex: z.int().nullable(),
  /** The link that it was fetched from, if it was. */
  sourceUrl: z.string().optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  trashedAt: z.iso.datetime().nullable(),
  /** Paths on this server, readable by the owner alone. Absent where no such file exists. */
  urls: z.object({
    original: z.string(),
    preview: z.string().optional(),
    thumb: z.string().optional(),
    poster: z.string().optional(),
    /** The images that it was made from. */
    sources: z.array(z.string()).optional(),
  }),
});
export type Media = z.infer<typeof Media>;

/** Bytes that one request may bring as base64, before decoding; larger files go through an upload. */
export const MAX_BASE64_LENGTH = 48 * 1024 * 1024;
/** Of a file behind a link. */
export const MAX_LINK_BYTES = 256 * 1024 * 1024;
export const MAX_LINK_LENGTH = 2048;

export const UploadId = z.uuid().brand<'UploadId'>();
export type UploadId = z.infer<typeof UploadId>;

/** What a client says of a file that it brings. */
const described = {
  /** Made by the client: saving the same id again answers with the record that exists. */
  id: z.uuidv7().pipe(MediaId).optional(),
  filename: z.string().max(255).optional(),
  /** When given, the bytes must be of this kind. */
  kind: Kind.optional(),
  prompt: z.string().trim().max(8000).optional(),
  headline: Headline.optional(),
  tags: Tags.optional(),
  starred: z.boolean().optional(),
  model: z.string().trim().max(200).optional(),
  seed: Seed.optional(),
  settings: JsonObject.optional(),
  metadata: Metadata.optional(),
  createdAt: z.iso
    .datetime()
    .refine((text) => !text.startsWith('0'), 'Use a year from 1000 to 9999.')
    .optional(),
};
const brought = {
  /** Base64, plain or as a `data:` URL. */
  data: z.string().min(1, 'The file is empty.').max(MAX_BASE64_LENGTH).optional(),
  /** The id of bytes sent before by `PUT /api/v1/uploads/{id}`. */
  upload: UploadId.optional(),
};

export const SaveMediaInput = z
  .strictObject({ ...described, ...brought })
  .refine((input) => (input.data === undefined) !== (input.upload === undefined), {
    message: 'Send the bytes either as data (base64) or as the id of an upload.',
    path: ['data'],
  });
export type SaveMediaInput = z.infer<typeof SaveMediaInput>;

/** To https, or a `data:` URL of base64, which holds its bytes itself. */
const Link = z
  .string()
  .trim()
  .min(1)
  .max(MAX_BASE64_LENGTH)
  .refine((text) => isDataUrl(text) || text.length <= MAX_LINK_LENGTH, {
    message: `A link has at most ${MAX_LINK_LENGTH} characters.`,
  });
const countGiven = (...values: unknown[]) => values.filter((value) => value !== undefined).length;

/** An image that something was made from. It is copied: what becomes of where it came from changes nothing. */
export const SourceInput = z
  .strictObject({
    ...brought,
    url: Link.optional(),
    /** An image of the same library. */
    media: MediaId.optional(),
  })
  .refine(({ data, upload, url, media }) => countGiven(data, upload, url, media) === 1, {
    message: 'Name one of data (base64), upload, url or media (an item of this library).',
    path: ['data'],
  });
export type SourceInput = z.infer<typeof SourceInput>;

/** As the API takes it: a file may also be fetched from a link, and carry the images that it was made from. */
export const SaveInput = z
  .strictObject({
    ...described,
    ...brought,
    /** An https link to an image or a video, which is fetched and kept, or a `data:` URL of it. */
    url: Link.optional(),
    sources: z.array(SourceInput).max(SOURCE_ROLES.length).optional(),
  })
  .refine(({ data, upload, url }) => countGiven(data, upload, url) === 1, {
    message: 'Send one of data (base64), upload (the id of an upload) or url (a link to fetch).',
    path: ['data'],
  })
  .refine(
    ({ upload, sources = [] }) => {
      const named = [upload, ...sources.map((source) => source.upload)].filter((id) => id !== undefined);
      return new Set(named).size === named.length;
    },
    { message: 'Name each upload once.', path: ['sources'] },
  );
export type SaveInput = z.infer<typeof SaveInput>;
export type SaveLinkInput = Omit<SaveInput, 'data' | 'upload' | 'url' | 'sources'> & { url: string };

/** A boolean, in a query as the words true and false. */
const flag = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
  .pipe(z.boolean());

export const ListMediaInput = z.strictObject({
  kind: Kind.optional(),
  /** true: the trash alone; otherwise the gallery alone. */
  trash: flag.default(false),
  starred: flag.optional(),
  /** Only what is in this collection. */
  collection: CollectionId.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(200).optional(),
});
export type ListMediaInput = z.infer<typeof ListMediaInput>;

export const MediaPage = z.object({
  items: z.array(Media),
  nextCursor: z.string().nullable(),
  /** The library's cursor at the moment of reading, for `sync.changes`. */
  asOf: z.string().nullable(),
});
export type MediaPage = z.infer<typeof MediaPage>;

export const MediaIdInput = z.strictObject({ id: MediaId });
export const MediaIdsInput = z.strictObject({ ids: z.array(MediaId).min(1).max(500) });
export type MediaIdsInput = z.infer<typeof MediaIdsInput>;

export const MediaPatch = z.strictObject({
  headline: Headline.nullable().optional(),
  tags: Tags.optional(),
  starred: z.boolean().optional(),
  prompt: Prompt.optional(),
});
export type MediaPatch = z.infer<typeof MediaPatch>;

export const UpdateMediaInput = z.strictObject({ id: MediaId, ...MediaPatch.shape });
export type UpdateMediaInput = z.infer<typeof UpdateMediaInput>;

/** Repeated tags once, in the order given. */
export const normaliseTags = (tags: string[]) => [...new Set(tags)];
