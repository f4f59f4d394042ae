/** The house rules as one table: which room may import from which, and which packages belong where. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOMS: Record<string, { rooms: string[]; packages: RegExp }> = {
  core: { rooms: [], packages: /^zod$/ },
  server: {
    rooms: ['core', 'env'],
    packages: /^(?!react|next|@tanstack|@trpc\/(client|react)|idb-keyval|@base-ui)/,
  },
  client: {
    rooms: ['core'],
    packages: /^(?!next\/server|next-auth|drizzle|postgres|pg-boss|sharp|node:|@trpc\/server)/,
  },
  ui: {
    rooms: ['client', 'core'],
    packages: /^(?!@trpc|@tanstack\/react-query|next-auth|idb-keyval|drizzle|postgres|sharp|zod|node:)/,
  },
  app: {
    rooms: ['ui', 'client', 'server', 'core', 'env'],
    packages: /^(?!next-auth|drizzle|postgres|pg-boss|sharp|zod|idb-keyval)/,
  },
  env: { rooms: ['core'], packages: /^(zod|node:path)$/ },
};

/** Where one room has to meet what it may not know otherwise, and the reason. */
const EXCEPTIONS: { file: RegExp; imports: RegExp; why: string }[] = [
  {
    file: /^server\/(auth\/|trpc\/handler)/,
    imports: /^(type:)?next/,
    why: 'the files whose job is to meet the framework',
  },
  { file: /^client\//, imports: /^type:server\/trpc\/root$/, why: 'type AppRouter alone crosses' },
];

const FORBIDDEN_NAMES = /^(utils?|helpers?|common|manager|misc|index)$/;
const MAX_LINES = 400;

type Import = { target: string; typeOnly: boolean };

const src = import.meta.dirname;
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|tsx)$/.test(file))
  .sort();
const isTest = (file: string) => /\.test\.tsx?$/.test(file) || /(^|\/)(testing|model)\//.test(file);
const product = files.filter((file) => !isTest(file));

/** The room of a file: its folder, or `env`; what Next starts from (instrumentation, proxy) counts as `app`. */
function roomOf(file: string): string {
  const [first = ''] = file.split('/');
  if (first in ROOMS) return first;
  return /^env\.ts$/.test(first) ? 'env' : 'app';
}

/** All imports of a file: those within src as paths relative to it, others as they are written. */
function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(src, file), 'utf8');
  const statement =
    /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;
  return [...text.matchAll(statement)].map(([, type, named, dynamic]) => ({
    target: resolve(file, named ?? dynamic ?? ''),
    typeOnly: type !== undefined,
  }));
}

function resolve(file: string, specifier: string): string {
  if (specifier === '#env') return 'env.ts';
  if (specifier.startsWith('#')) return specifier.slice(1);
  return specifier.startsWith('.') ? path.join(path.dirname(file), specifier) : specifier;
}

const breaks = (file: string, target: string, typeOnly = false) =>
  faultsOf(file, { target, typeOnly }).length > 0;
const countLines = (file: string) => readFileSync(path.join(src, file), 'utf8').split('\n').length - 1;
const stemOf = (file: string) => path.basename(file).replace(/(\.[a-z]+)+$/, '');
const isInside = (target: string) => existsSync(path.join(src, target));

/** The ways in which one import breaks the table; empty for a proper one. */
function faultsOf(file: string, { target, typeOnly }: Import): string[] {
  const from = ROOMS[roomOf(file)];
  const name = typeOnly ? `type:${target.replace(/\.tsx?$/, '')}` : target;
  if (!from || EXCEPTIONS.some((exception) => exception.file.test(file) && exception.imports.test(name)))
    return [];
  if (!isInside(target)) return from.packages.test(target) ? [] : [`${file} imports the package ${target}`];
  const to = roomOf(target);
  return to === roomOf(file) || from.rooms.includes(to)
    ? []
    : [`${file} imports ${target}: ${to} is not open to it`];
}

/** Files that reach themselves through their imports, each cycle as a chain. */
function findCycles(graph: Map<string, string[]>): string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, trail: string[]) => {
    const start = trail.indexOf(file);
    if (start >= 0) cycles.push([...trail.slice(start), file].join(' -> '));
    if (start >= 0 || done.has(file)) return;
    for (const target of graph.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}

test('imports follow the arrow: app -> ui -> client -> core, app -> server -> core', () => {
  expect(product.length).toBeGreaterThan(20);
  expect(product.flatMap((file) => importsOf(file).flatMap((found) => faultsOf(file, found)))).toEqual([]);
});

test('the table refuses what it should', () => {
  expect(breaks('core/media.ts', 'server/log.ts')).toBe(true);
  expect(breaks('core/media.ts', 'react')).toBe(true);
  expect(breaks('server/media/read.ts', 'next/headers')).toBe(true);
  expect(breaks('server/auth/actor.ts', 'next/headers')).toBe(false);
  expect(breaks('server/auth/sessions.ts', 'next-auth/jwt')).toBe(false);
  expect(breaks('server/account/sessions.ts', 'next-auth/jwt')).toBe(true);
  expect(breaks('app/api/auth/route.ts', 'next-auth')).toBe(true);
  expect(breaks('ui/account/sign-in.tsx', 'next-auth/react')).toBe(true);
  expect(breaks('client/provider.tsx', 'server/trpc/root.ts')).toBe(true);
  expect(breaks('client/provider.tsx', 'server/trpc/root.ts', true)).toBe(false);
  expect(breaks('client/provider.tsx', 'server/db/schema.ts', true)).toBe(true);
  expect(breaks('ui/shell/nav.tsx', 'server/log.ts')).toBe(true);
  expect(breaks('ui/shell/nav.tsx', 'drizzle-orm/pg-core')).toBe(true);
  expect(breaks('app/layout.tsx', 'drizzle-orm')).toBe(true);
});

test('no file reaches itself through what it imports', () => {
  const graph = new Map(files.map((file) => [file, importsOf(file).map(({ target }) => target)]));
  expect(findCycles(graph)).toEqual([]);
  expect(
    findCycles(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['a']],
      ]),
    ),
  ).toEqual(['a -> b -> c -> a']);
});

test(`no file is longer than ${MAX_LINES} lines`, () => {
  expect(files.filter((file) => countLines(file) > MAX_LINES)).toEqual([]);
});

test('names say what is inside, in kebab-case', () => {
  expect(files.filter((file) => FORBIDDEN_NAMES.test(stemOf(file)))).toEqual([]);
  expect(files.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stemOf(file)))).toEqual([]);
});
