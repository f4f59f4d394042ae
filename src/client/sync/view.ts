/**
 * What a person sees: rows with their own operations folded over them, filtered, newest first. Nothing is made anew
 * without need: a row that did not change is the same object, and so is a list in which no row did.
 */
import type { Collection, CollectionId } from '#core/collection.ts';
import { isActive } from '#core/generation-state.ts';
import type { Generation } from '#core/generation.ts';
import type { Media, MediaId } from '#core/media.ts';
import {
  foldCollections,
  foldRow,
  isCollectionOp,
  isUnsent,
  opsByMedia,
  type Outbox,
  type Pending,
} from '#core/overlay.ts';
import { byNewest, isWithin } from '#core/reconcile.ts';
import type { Snapshot } from '../store/snapshot.ts';
import { matches, nameOfFilter, type Filter } from './filter.ts';
import { depthIn, mergeRows, type Tail } from './tail.ts';

export type ViewInput = {
  snapshot: Snapshot;
  tail: Tail;
  /** Addresses of files that only this device has, by upload. */
  fileUrls: ReadonlyMap<string, string>;
};

const areSame = <Item>(a: readonly Item[], b: readonly Item[]) =>
  a === b || (a.length === b.length && a.every((item, index) => item === b[index]));

/** Computes again only when one of the arguments is another object than last time. */
function memo<Args extends readonly unknown[], Result>(compute: (...args: Args) => Result) {
  let last: { args: Args; result: Result } | null = null;
  return (...args: Args): Result => {
    if (!last || !areSame(last.args, args)) last = { args, result: compute(...args) };
    return last.result;
  };
}

export type Views = {
  list: (input: ViewInput, filter: Filter) => readonly Media[];
  /** @param fetched The row as the server just gave it, for one that this device does not hold. */
  one: (input: ViewInput, id: MediaId, fetched?: Media) => Media | null;
  /** Whether the person has deleted it for good, whatever the server still says. */
  isDeleted: (input: ViewInput, id: MediaId) => boolean;
  generations: (rows: Snapshot['base']['generations']) => { active: Generation[]; recent: Generation[] };
  /** As the person should see them. */
  collections: (snapshot: Snapshot) => ReadonlyMap<CollectionId, Collection>;
  /** Items with something that the server has not acknowledged. */
  pending: (snapshot: Snapshot) => ReadonlySet<MediaId>;
};

export function createViews(): Views {
  const folded = new WeakMap<Media, { ops: readonly Pending[]; row: Media | null }>();
  const lists = new Map<string, (input: ViewInput) => readonly Media[]>();

  const opsOf = memo((outbox: Outbox) => opsByMedia(outbox));
  const newestFirst = memo((rows: Snapshot['base']['rows']) => [...rows.values()].sort(byNewest));

  /** Rows of saves that the server has not shown back. */
  const drafts = memo((outbox: Outbox, uploads: Snapshot['uploads'], urls: ViewInput['fileUrls']) => {
    const withUrl = (draft: Media, upload: string | undefined): Media => {
      const original = upload && urls.get(upload);
      return original ? { ...draft, urls: { original } } : draft;
    };
    const saves = outbox.flatMap(({ op, draft, error, heldIn }) =>
      op.type === 'save' && draft && error === null && heldIn === undefined
        ? [withUrl(draft, op.input.upload)]
        : [],
    );
    const waiting = uploads.map(({ draft, input }) => withUrl(draft, input.upload));
    return new Map([...waiting, ...saves].map((draft) => [draft.id, draft]));
  });

  const draftsOf = ({ snapshot: { outbox, uploads }, fileUrls }: ViewInput) =>
    drafts(outbox, uploads, fileUrls);

  function seen(row: Media, opsById: ReadonlyMap<MediaId, readonly Pending[]>): Media | null {
    const ops = opsById.get(row.id);
    if (!ops) return row;
    const known = folded.get(row);
    if (known && areSame(known.ops, ops)) return known.row;
    const result = foldRow(row, ops);
    folded.set(row, { ops, row: result });
    return result;
  }

  function createList(filter: Filter) {
    const name = nameOfFilter(filter);
    let last: readonly Media[] = [];
    const compute = memo(
      (base: readonly Media[], tail: Tail, outbox: Outbox, added: ReadonlyMap<MediaId, Media>) => {
        const ops = opsOf(outbox);
        const depth = depthIn(tail, name);
        const stored = new Set<MediaId>();
        const rows: Media[] = [];
        const take = (row: Media) => {
          if (added.has(row.id)) stored.add(row.id);
          const visible = seen(row, ops);
          if (visible && matches(filter, visible)) rows.push(visible);
        };
        for (const row of base) take(row);
        for (const row of tail.rows) if (isWithin(depth, row)) take(row);
        const own = [...added.values()]
          .flatMap((draft) => (stored.has(draft.id) ? [] : (seen(draft, ops) ?? [])))
          .filter((draft) => matches(filter, draft))
          .sort(byNewest);
        const list = own.length > 0 ? mergeRows(own, rows) : rows;
        if (!areSame(list, last)) last = list;
        return last;
      },
    );
    return (input: ViewInput) => {
      const { base, outbox } = input.snapshot;
      return compute(newestFirst(base.rows), input.tail, outbox, draftsOf(input));
    };
  }

  return {
    list: (input, filter) => {
      const name = nameOfFilter(filter);
      const list = lists.get(name) ?? createList(filter);
      lists.set(name, list);
      return list(input);
    },
    one: (input, id, fetched) => {
      const { base, outbox } = input.snapshot;
      const row =
        base.rows.get(id) ??
        input.tail.rows.find((row) => row.id === id) ??
        fetched ??
        draftsOf(input).get(id);
      return row ? seen(row, opsOf(outbox)) : null;
    },
    isDeleted: ({ snapshot }, id) =>
      opsOf(snapshot.outbox)
        .get(id)
        ?.some(({ op }) => op.type === 'purge') ?? false,
    generations: memo((rows: Snapshot['base']['generations']) => {
      const recent = [...rows.values()].sort(byNewest);
      return { recent, active: recent.filter(({ status }) => isActive(status)) };
    }),
    collections: memo(({ base, outbox }: Snapshot) => foldCollections(base.collections, outbox)),
    pending: memo(
      ({ outbox, uploads }: Snapshot) =>
        new Set([
          ...outbox.flatMap((pending) =>
            !isUnsent(pending) || isCollectionOp(pending.op) ? [] : [pending.op.id],
          ),
          ...uploads.map(({ draft }) => draft.id),
        ]),
    ),
  };
}
