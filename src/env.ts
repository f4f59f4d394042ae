/**
 * Every variable that configures the application, read in one place. Nothing is required: what is absent has a
 * default or is made at the start. An empty value counts as absent.
 */
import path from 'node:path';
import { z } from 'zod';
import { TRASH_DAYS } from '#core/media.ts';

const wholeNumber = (from: number, to: number) => {
  const message = `must be a whole number from ${from} to ${to}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .pipe(z.number().min(from, message).max(to, message));
};

const url = (protocols: RegExp, message: string) =>
  z.string().refine((text) => protocols.test(text) && URL.canParse(text), message);

/** What a choice of STORAGE cannot do without. */
export const STORAGE_NEEDS = {
  disk: [],
  s3: ['S3_ENDPOINT', 'S3_BUCKET', 'S3_KEY', 'S3_SECRET'],
  uploadthing: ['UPLOADTHING_TOKEN'],
  imagekit: ['IMAGEKIT_PRIVATE_KEY', 'IMAGEKIT_URL_ENDPOINT'],
  cloudinary: ['CLOUDINARY_URL'],
} as const;

/** Variables that mean nothing without each other. */
const TOGETHER = [
  ['GOOGLE_ID', 'GOOGLE_SECRET'],
  ['GITHUB_ID', 'GITHUB_SECRET'],
  ['OIDC_ISSUER', 'OIDC_ID', 'OIDC_SECRET'],
] as const;

const UploadThingToken = z.object({
  apiKey: z.string(),
  appId: z.string(),
  regions: z.tuple([z.string()], z.string()),
  ingestHost: z.string().default('ingest.uploadthing.com'),
});

/** What a token of UploadThing says; null when it is none. */
export function readUploadThingToken(token: string): z.infer<typeof UploadThingToken> | null {
  try {
    return UploadThingToken.parse(JSON.parse(atob(token)));
  } catch {
    return null;
  }
}

const Variables = z.object({
  PORT: wholeNumber(0, 65_535).prefault('3000'),
  HOST: z
    .string()
    .regex(/^[\w.:-]+$/, 'must be a host name or an address without a port')
    .default('127.0.0.1'),
  NEXTAUTH_URL: url(/^https?:\/\//, 'must be an address such as https://gallery.example.org')
    .transform((text) => new URL(text).origin)
    .optional(),
  TRUSTED_PROXIES: wholeNumber(0, 10).prefault('0'),
  AUTH_SECRET: z.string().min(16, 'must have at least 16 characters').optional(),
  DATABASE_URL: url(/^postgres(ql)?:\/\//, 'must look like postgres://user:password@host:5432/name')
    // The client takes the name as it stands here, and looks for a database that is called so.
    .refine(
      (text) => URL.parse(text)?.pathname.includes('%') !== true,
      'must name a database without spaces and accents',
    )
    .optional(),
  DATA_DIR: z
    .string()
    .default('.data')
    .transform((dir) => path.resolve(/* turbopackIgnore: true */ dir)),
  STORAGE: z
    .enum(
      ['disk', 's3', 'uploadthing', 'imagekit', 'cloudinary'],
      'must be disk, s3, uploadthing, imagekit or cloudinary',
    )
    .default('disk'),
  S3_ENDPOINT: url(
    /^https?:\/\//,
    'must be an address such as https://s3.eu-west-1.amazonaws.com',
  ).optional(),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{1,62}$/i, 'must be the name of a bucket')
    .optional(),
  S3_KEY: z.string().optional(),
  S3_SECRET: z.string().optional(),
  S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'must be a region such as eu-west-1')
    .optional(),
  UPLOADTHING_TOKEN: z
    .string()
    .refine(
      (token) => readUploadThingToken(token) !== null,
      'must be the token that the dashboard shows for version 7',
    )
    .optional(),
  UPLOADTHING_ACL: z.enum(['private', 'public-read'], 'must be private or public-read').default('private'),
  IMAGEKIT_PRIVATE_KEY: z.string().optional(),
  IMAGEKIT_URL_ENDPOINT: url(
    /^https?:\/\//,
    'must be an address such as https://ik.imagekit.io/your-id',
  ).optional(),
  CLOUDINARY_URL: url(
    /^cloudinary:\/\/[^:@/]+:[^:@/]+@[^:@/]+$/,
    'must look like cloudinary://key:secret@cloud',
  ).optional(),
  TRASH_DAYS: wholeNumber(0, 3650).prefault(String(TRASH_DAYS)),
  GUEST_IDLE_DAYS: wholeNumber(0, 3650).prefault('90'),
  CLEANUP_SECRET: z
    .string()
    .regex(/^\S{16,}$/, 'must have at least 16 characters, and no spaces')
    .optional(),
  JOBS: z.enum(['inline', 'off'], 'must be inline or off').default('inline'),
  SMTP_URL: url(/^smtps?:\/\//, 'must look like smtps://user:password@host:465').optional(),
  MAIL_FROM: z
    .string()
    .regex(/^[^\r\n]*[^\s@<]@[^\s@>]+>?$/, 'must be an address, such as Afterimage <post@example.org>')
    .optional(),
  GOOGLE_ID: z.string().optional(),
  GOOGLE_SECRET: z.string().optional(),
  GITHUB_ID: z.string().optional(),
  GITHUB_SECRET: z.string().optional(),
  OIDC_ISSUER: url(/^https?:\/\//, 'must be an address such as https://login.example.org').optional(),
  OIDC_ID: z.string().optional(),
  OIDC_SECRET: z.string().optional(),
  OIDC_NAME: z.string().max(40, 'must have at most 40 characters').optional(),
  CHROMIUM_PATH: z.string().optional(),
});

export const EnvSchema = Variables.superRefine((set, context) => {
  for (const name of STORAGE_NEEDS[set.STORAGE]) {
    if (set[name] !== undefined) continue;
    context.addIssue({ code: 'custom', path: [name], message: `must be set for STORAGE=${set.STORAGE}` });
  }
  for (const names of TOGETHER) {
    const missing = names.filter((name) => set[name] === undefined);
    if (missing.length === names.length) continue;
    const given = names.filter((name) => set[name] !== undefined).join(', ');
    for (const name of missing) {
      context.addIssue({ code: 'custom', path: [name], message: `must be set beside ${given}` });
    }
  }
});
export type Env = z.infer<typeof EnvSchema>;

type Source = Record<string, string | undefined>;

const given = (source: Source) =>
  Object.fromEntries(Object.entries(source).filter(([, value]) => value?.trim()));

/** @throws Error in one line that names each variable at fault, and never its value: it may be a secret. */
export function readEnv(source: Source): Env {
  const result = EnvSchema.safeParse(given(source));
  if (result.success) return result.data;
  throw new Error(result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '));
}

/** What may not be left to defaults once other machines can reach the server. Empty on a loopback address. */
export function missingForPublicHost(source: Source): string[] {
  const { HOST } = readEnv(source);
  if (HOST === 'localhost' || HOST === '::1' || /^127(\.\d+){3}$/.test(HOST)) return [];
  const set = given(source);
  return [
    ...(set['NEXTAUTH_URL'] ? [] : ['NEXTAUTH_URL']),
    ...(set['AUTH_SECRET'] ? [] : ['AUTH_SECRET']),
    ...(set['DATABASE_URL'] ? [] : ['DATABASE_URL']),
    ...(set['STORAGE'] || set['DATA_DIR'] ? [] : ['STORAGE or DATA_DIR']),
  ];
}

let parsed: Env | undefined;

/** This process's configuration; parsed at the first call, so that a build needs none of it. */
export const env = (): Env => (parsed ??= readEnv(process.env));
