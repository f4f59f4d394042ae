/** What happens in one round of the claim race, as fast-check makes it up. */
import * as fc from 'fast-check';

/** Finishing jobs of a round. */
const JOBS = 4;

/** Transactions that the actors of a round begin in all, about: an actor's start is one of these numbers. */
const STEPS = 48;

/** An account that never wrote, one with an empty library, and one with something in it. */
export type Before = 'none' | 'empty' | 'used';

export type Plan = {
  before: { a: Before; b: Before };
  /** A job makes and saves its output, or is the second try of one that was killed between that and its end. */
  jobs: ('whole' | 'rest')[];
  /** Each actor begins once so many transactions of the round have begun. */
  starts: { a: number; again: number; b: number; write: number };
  /** What the guest's device sends besides a star and the trash. */
  also: 'nothing' | 'save' | 'purge' | 'collect';
  /** The winner takes the claim back, and one of the jobs ends only then. Somebody may claim what came back. */
  undo: { reclaim: 'nobody' | 'winner' | 'loser' } | null;
};

const before = fc.constantFrom<Before>('none', 'empty', 'used', 'used');
const start = fc.nat(STEPS);

export const plan: fc.Arbitrary<Plan> = fc.record({
  before: fc.record({ a: before, b: before }),
  jobs: fc.array(fc.constantFrom('whole', 'rest'), { minLength: JOBS, maxLength: JOBS }),
  starts: fc.record({ a: start, again: start, b: start, write: start }),
  also: fc.constantFrom('nothing', 'nothing', 'save', 'purge', 'collect'),
  undo: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.record({ reclaim: fc.constantFrom('nobody', 'winner', 'loser') }) },
  ),
});
