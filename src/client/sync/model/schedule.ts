/**
 * What can happen between devices and a server, as lists of commands that fast-check makes up and shrinks.
 * Three devices; the first has two tabs on one database.
 */
import * as fc from 'fast-check';
import type { ClientId } from '#core/sync.ts';
import { clientId } from '#core/testing/rows.ts';
import type { LibraryName } from './world.ts';

export const TABS: readonly { device: number; library: LibraryName }[] = [
  { device: 0, library: 'u' },
  { device: 0, library: 'u' },
  { device: 1, library: 'u' },
  { device: 2, library: 'g' },
];

/** Items that the libraries start with, by number. */
export const SEEDS: Record<LibraryName, readonly number[]> = {
  u: Array.from({ length: 16 }, (_, n) => n + 1),
  g: [21, 22, 23],
};

/** Collections that they start with, by number. */
export const SHELVES: Record<LibraryName, readonly number[]> = { u: [1, 2], g: [3] };

/** The devices that put them there, by library. */
export const SEEDER: Record<LibraryName, ClientId> = { u: clientId(91), g: clientId(92) };
export const SEEDERS: ReadonlySet<string> = new Set(Object.values(SEEDER));

/** Items that a tab saves have the numbers 100 to 105, 200 to 205 ... */
export const savedBy = (tab: number, nth: number) => (tab + 1) * 100 + nth;
/** Collections that a tab creates have the numbers 10 and 11, 20 and 21 ... */
const createdBy = (tab: number, nth: number) => (tab + 1) * 10 + nth;

const NO_SHELF = 99;

export type Command =
  | { type: 'save' | 'patch'; tab: number; item: number; value: number }
  | { type: 'trash' | 'restore' | 'purge'; tab: number; item: number }
  | { type: 'create' | 'rename'; tab: number; shelf: number; value: number }
  | { type: 'delete'; tab: number; shelf: number }
  | { type: 'collect'; tab: number; item: number; into: readonly number[]; outOf: readonly number[] }
  | { type: 'push' | 'pull' | 'top-up' | 'lose' | 'refresh' | 'reload'; tab: number }
  | { type: 'deliver'; tab: number; nth: number }
  | { type: 'purge-tombstones' | 'merge' | 'backup' | 'restore-backup' };

export type Schedule = {
  /** Whether the guest's device has seen the account's library before. */
  knowsAccount: boolean;
  commands: readonly Command[];
};

const tab = fc.nat(TABS.length - 1);
const value = fc.nat(99);
const item = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...SEEDS.u, ...SEEDS.g) },
  { weight: 2, arbitrary: fc.tuple(tab, fc.nat(2)).map(([by, nth]) => savedBy(by, nth)) },
);
const shelf = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...SHELVES.u, ...SHELVES.g) },
  { weight: 2, arbitrary: fc.tuple(tab, fc.nat(1)).map(([by, nth]) => createdBy(by, nth)) },
);
const shelves = fc.uniqueArray(shelf, { maxLength: 2 });

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .record({ tab, nth: fc.nat(2), value })
      .map(({ tab, nth, value }) => ({ type: 'save' as const, tab, item: savedBy(tab, nth), value })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('patch'), tab, item, value }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constantFrom('trash', 'restore', 'purge', 'purge'), tab, item }),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ tab, nth: fc.nat(1), value })
      .map(({ tab, nth, value }) => ({ type: 'create' as const, tab, shelf: createdBy(tab, nth), value })),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('rename'), tab, shelf, value }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete'), tab, shelf }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('collect'), tab, item, into: shelves, outOf: shelves }),
  },
  { weight: 12, arbitrary: fc.record({ type: fc.constantFrom('push', 'pull'), tab }) },
  { weight: 9, arbitrary: fc.record({ type: fc.constant('deliver'), tab, nth: fc.nat(5) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constantFrom('top-up', 'top-up', 'refresh'), tab }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('lose', 'reload'), tab }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom('purge-tombstones', 'merge', 'backup', 'restore-backup'),
    }),
  },
);

const done = (type: 'push' | 'pull', tab: number): Command[] => [
  { type, tab },
  { type: 'deliver', tab, nth: 0 },
];
const fromElsewhere = (item: number): Command[] => [
  { type: 'patch', tab: 2, item, value: 77 },
  ...done('push', 2),
];

/** Chance rarely makes this of single commands: a page of older rows arrives when what it holds has been deleted. */
const lateTopUp: fc.Arbitrary<Command[]> = fc
  .record({ tab: fc.constantFrom(0, 1), item: fc.constantFrom(...SEEDS.u) })
  .map(({ tab, item }) => [
    { type: 'top-up', tab },
    { type: 'purge', tab: 2, item },
    { type: 'push', tab: 2 },
    { type: 'deliver', tab: 2, nth: 0 },
    { type: 'pull', tab },
    { type: 'deliver', tab, nth: 1 },
    { type: 'deliver', tab, nth: 0 },
  ]);

/** Nor of this: what one tab has asked for arrives when the other tab has brought their database further. */
const lateDelta: fc.Arbitrary<Command[]> = fc
  .record({
    tab: fc.constantFrom(0, 1),
    items: fc.tuple(fc.constantFrom(...SEEDS.u), fc.constantFrom(...SEEDS.u)),
  })
  .map(({ tab, items: [first, second] }) => [
    ...done('pull', tab),
    ...fromElsewhere(first),
    { type: 'pull', tab },
    ...fromElsewhere(second),
    ...done('pull', 1 - tab),
    { type: 'deliver', tab, nth: 0 },
  ]);

/** Nor of this: a device does something when all that it did before has been acknowledged, shown and let go of. */
const atLeisure: fc.Arbitrary<Command[]> = fc
  .record({ tab, items: fc.tuple(fc.constantFrom(...SEEDS.u), fc.constantFrom(...SEEDS.u)), value })
  .map(({ tab, items, value }) =>
    items.flatMap((item): Command[] => [
      { type: 'patch', tab, item, value },
      ...done('push', tab),
      ...done('pull', tab),
    ]),
  );

/** Nor of this: history is rewritten while the answer to a push is out, whose effect has been seen already. */
const rewritten: fc.Arbitrary<Command[]> = fc
  .record({ tab: fc.nat(2), item: fc.constantFrom(...SEEDS.u), value })
  .map(({ tab, item, value }) => [
    { type: 'backup' },
    { type: 'patch', tab, item, value },
    { type: 'push', tab },
    { type: 'pull', tab },
    { type: 'deliver', tab, nth: 1 },
    { type: 'restore-backup' },
    { type: 'pull', tab },
    { type: 'deliver', tab, nth: 1 },
    { type: 'deliver', tab, nth: 1 },
    { type: 'push', tab },
  ]);

/** Nor of this: a refusal arrives when its history was rewritten, while the other tab still waits for an answer. */
const lateRefusal: fc.Arbitrary<Command[]> = fc
  .record({ tab: fc.constantFrom(0, 1), item: fc.constantFrom(...SEEDS.u), value })
  .map(({ tab, item, value }) => [
    { type: 'backup' },
    ...done('pull', tab),
    { type: 'rename', tab, shelf: NO_SHELF, value },
    { type: 'patch', tab, item, value },
    { type: 'push', tab },
    { type: 'restore-backup' },
    ...done('pull', 1 - tab),
    { type: 'deliver', tab: 1 - tab, nth: 0 },
    { type: 'deliver', tab, nth: 0 },
    ...done('push', tab),
    { type: 'push', tab: 1 - tab },
  ]);

const steps: fc.Arbitrary<Command[]> = fc.oneof(
  { weight: 80, arbitrary: command.map((only) => [only]) },
  { weight: 1, arbitrary: lateTopUp },
  { weight: 1, arbitrary: lateDelta },
  { weight: 1, arbitrary: atLeisure },
  { weight: 1, arbitrary: rewritten },
  { weight: 1, arbitrary: lateRefusal },
);

export const schedule: fc.Arbitrary<Schedule> = fc.record({
  knowsAccount: fc.boolean(),
  commands: fc.array(steps, { minLength: 10, maxLength: 120 }).map((parts) => parts.flat()),
});
