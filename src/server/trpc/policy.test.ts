import { expect, test } from 'vitest';
import { describeApi } from './describe-api.ts';
import { listProcedures } from './procedures.ts';

const procedures = listProcedures();
const withAccess = (access: string) =>
  procedures.filter(({ meta }) => meta?.access === access).map(({ path }) => path);

test('every procedure declares who may call it', () => {
  expect(procedures.length).toBeGreaterThan(15);
  expect(procedures.filter(({ meta }) => meta?.access === undefined).map(({ path }) => path)).toEqual([]);
});

test('only these may be called by anybody, and only these make a guest', () => {
  expect(withAccess('public').sort()).toEqual([
    'account.methods',
    'account.openLink',
    'account.requestLink',
    'account.requestReset',
    'account.reset',
    'account.signIn',
    'account.signOut',
    'account.signUp',
    'generation.models',
    'guest.ensure',
    'privacy.receipt',
    'session.me',
  ]);
  expect(withAccess('creator').sort()).toEqual([
    'collection.create',
    'generation.create',
    'media.import',
    'media.save',
  ]);
});

test('every REST form is one of a kind and described', () => {
  const routes = procedures.flatMap(({ meta }) =>
    meta?.openapi ? [`${meta.openapi.method} ${meta.openapi.path}`] : [],
  );
  expect(new Set(routes).size).toBe(routes.length);
  const document = describeApi();
  const described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described).toEqual(expect.arrayContaining(routes));
  expect(document.paths?.['/generations']?.post?.responses).toHaveProperty('202');
});
