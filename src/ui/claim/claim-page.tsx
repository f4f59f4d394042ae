'use client';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { Suspense, useEffect } from 'react';
import type { ClaimPreview } from '#core/claim.ts';
import type { ErrorCode } from '#core/errors.ts';
import { useAccount } from '#client/use-account.ts';
import { claimActions, useClaimPreview } from '#client/use-claim.ts';
import { useSession } from '#client/use-session.ts';
import { AccountFrame } from '../account/account-frame.tsx';
import { DeletionBanner } from '../account/deletion-banner.tsx';
import { nextPath } from '../account/next-path.ts';
import { Alert } from '../kit/alert.tsx';
import { Button, buttonClass } from '../kit/button.tsx';
import { Day } from '../kit/moment.tsx';
import { useSubmit } from '../kit/use-submit.ts';
import { describeCounts } from './claim-words.ts';
import { ClaimThumbs } from './claim-thumbs.tsx';

/**
 * Between signing in and going on: does what was made here as a guest come along? Nothing to ask, nothing shown.
 * `again` asks once more about what was kept apart.
 */
export function ClaimPage() {
  return (
    <Suspense>
      <Question />
    </Suspense>
  );
}

function Question() {
  const params = useSearchParams();
  const next = nextPath(params.toString());
  const { me } = useSession();
  const { value, status, retry } = useClaimPreview();
  const isStranger = status === 'failed' && me !== null && me.type !== 'user';
  const isAnswered =
    value !== null && (value.claim === null || (value.claim.isKeptApart && !params.has('again')));
  const isLeaving = me?.isLeaving ?? false;
  const isOver = isAnswered && me !== null && !isLeaving;
  useEffect(() => {
    if (isStranger) location.replace(`/sign-in?next=${encodeURIComponent(next)}`);
    if (isOver) location.replace(next);
  }, [isStranger, isOver, next]);
  if (isLeaving) return <Leaving next={next} />;
  if (status === 'failed' && !isStranger) {
    return (
      <AccountFrame
        title="What you made here as a guest is kept"
        lead="The server could not look at it just now. It can come along later, from the settings of your account."
      >
        <div className="flex gap-2">
          <Button variant="primary" onClick={retry}>
            Try again
          </Button>
          <Link href={next} className={buttonClass('plain')}>
            Later
          </Link>
        </div>
      </AccountFrame>
    );
  }
  if (!value?.claim || isAnswered) {
    return (
      <p role="status" className="sr-only">
        Loading
      </p>
    );
  }
  return <Choice claim={value.claim} next={next} />;
}

/** Nothing is brought into an account that is about to go, before the person has said that it stays. */
function Leaving({ next }: { next: string }) {
  return (
    <AccountFrame wide title="You are back in time">
      <DeletionBanner />
      <Link href={next} className={`${buttonClass('ghost')} mt-4`}>
        Leave it so and go on
      </Link>
    </AccountFrame>
  );
}

const hasCode = (error: unknown, code: ErrorCode) =>
  error instanceof Error && 'code' in error && error.code === code;

function Choice({ claim, next }: { claim: ClaimPreview; next: string }) {
  const { value: account } = useAccount();
  const { isBusy, failure, run } = useSubmit();
  const { library, counts, thumbs, isAdded, isAllowed, keptUntil } = claim;
  const what = describeCounts(counts);
  const go = (action: 'accept' | 'keepApart') =>
    run(async () => {
      try {
        await claimActions[action]({ library });
      } catch (error) {
        // Signed out from elsewhere while this was open: signing in leads back to the question.
        if (!hasCode(error, 'SIGN_IN_REQUIRED')) throw error;
        location.assign(`/sign-in?next=${encodeURIComponent(next)}`);
        return;
      }
      location.assign(next);
    });
  const email = account?.email ? (
    <span className="text-text font-medium break-all">{account.email}</span>
  ) : (
    'your account'
  );
  if (!isAllowed) {
    return (
      <AccountFrame
        wide
        title="Your guest library stays where it is"
        lead="This sign-in was begun in another browser. To bring the library of this one along, sign in again here."
      >
        <div className="flex flex-wrap gap-2">
          <Link href={`/sign-in?next=${encodeURIComponent(next)}`} className={buttonClass('primary')}>
            Sign in again
          </Link>
          <Link href={next} className={buttonClass('plain')}>
            Go on without it
          </Link>
        </div>
      </AccountFrame>
    );
  }
  return (
    <AccountFrame
      wide
      title={`Bring ${what} into this account?`}
      lead={
        <>
          You made this here as a guest. {isAdded ? 'It is added to what ' : 'It becomes the library of '}
          {email}
          {isAdded ? ' has already.' : '.'} Stars, tags, collections and the trash come along, and you can
          take it back for seven days.
        </>
      }
    >
      <ClaimThumbs thumbs={thumbs} total={counts.images + counts.videos} />
      {failure ? (
        <div className="mt-5">
          <Alert>{failure.message}</Alert>
        </div>
      ) : null}
      <div className="mt-6 flex flex-wrap gap-2">
        <Button variant="primary" className="h-10" disabled={isBusy} onClick={() => void go('accept')}>
          {isBusy ? 'Bringing it along' : 'Bring it along'}
        </Button>
        <Button className="h-10" disabled={isBusy} onClick={() => void go('keepApart')}>
          Keep it apart
        </Button>
      </div>
      <p className="text-quiet mt-4 max-w-prose text-pretty">
        Kept apart, it stays on this server for this browser until <Day at={keptUntil} />, and longer each
        time you are here. It opens again when you sign out, and the settings of your account can still bring
        it along.
      </p>
    </AccountFrame>
  );
}
