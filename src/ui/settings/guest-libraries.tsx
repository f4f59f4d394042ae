'use client';
import Link from 'next/link';
import type { ClaimPreview, PastClaim } from '#core/claim.ts';
import { claimActions } from '#client/use-claim.ts';
import { askAgainPath } from '../account/next-path.ts';
import { describeCounts } from '../claim/claim-words.ts';
import { Alert } from '../kit/alert.tsx';
import { Button, buttonClass } from '../kit/button.tsx';
import { ask, showToast } from '../kit/feedback.ts';
import { Day } from '../kit/moment.tsx';
import { useSubmit } from '../kit/use-submit.ts';
import { Section } from './section.tsx';

const ROW = 'flex items-center justify-between gap-4 py-3';

/** The guest's library of this browser that is not in the account, and those of the last seven days that came along. */
export function GuestLibraries({ waiting, past }: { waiting: ClaimPreview | null; past: PastClaim[] }) {
  const open = past.filter(({ undoneAt }) => undoneAt === null);
  if (waiting === null && open.length === 0) return null;
  return (
    <Section title="Made as a guest" lead="What came along can go back for seven days.">
      <ul className="divide-line divide-y">
        {waiting ? <WaitingRow claim={waiting} /> : null}
        {open.map((claim) => (
          <PastRow key={claim.id} claim={claim} isBlocked={waiting !== null} />
        ))}
      </ul>
    </Section>
  );
}

function WaitingRow({ claim: { counts, keptUntil } }: { claim: ClaimPreview }) {
  return (
    <li className={ROW}>
      <div>
        <p className="font-medium">{describeCounts(counts)}</p>
        <p className="text-quiet text-note mt-0.5">
          Apart from this account, in this browser; kept until <Day at={keptUntil} /> and longer each time you
          are here
        </p>
      </div>
      <Link href={askAgainPath('/settings/account')} className={buttonClass('plain')}>
        Bring along
      </Link>
    </li>
  );
}

async function takeOut(id: PastClaim['id'], what: string) {
  const sure = await ask({
    title: `Take ${what} out of this account?`,
    body: 'It goes back to a guest library of this browser, which opens when you sign out. Nothing is deleted.',
    confirm: 'Take it out',
  });
  if (!sure) return;
  await claimActions.undo({ id });
  showToast('It is a guest library of this browser again');
}

/** @param isBlocked A browser holds one guest's library at a time. */
function PastRow({
  claim: { id, counts, createdAt, undoUntil },
  isBlocked,
}: {
  claim: PastClaim;
  isBlocked: boolean;
}) {
  const { isBusy, failure, run } = useSubmit();
  const what = describeCounts(counts) || 'an empty library';
  return (
    <li className="py-3">
      <div className="flex items-center justify-between gap-4">
        <div>
          <p className="font-medium">{what}</p>
          <p className="text-quiet text-note mt-0.5">
            Came along on <Day at={createdAt} />, can go back until <Day at={undoUntil} />
            {isBlocked
              ? ', once the one above came along: this browser holds one guest library at a time'
              : null}
          </p>
        </div>
        <Button disabled={isBusy || isBlocked} onClick={() => void run(() => takeOut(id, what))}>
          Take it out
        </Button>
      </div>
      {failure ? (
        <div className="mt-3">
          <Alert>{failure.message}</Alert>
        </div>
      ) : null}
    </li>
  );
}
