'use client';
import { claimActions, usePastClaims } from '#client/use-claim.ts';
import { describeCounts } from '../claim/claim-words.ts';
import { Alert } from '../kit/alert.tsx';
import { Button } from '../kit/button.tsx';
import { ask, showToast } from '../kit/feedback.ts';
import { useSubmit } from '../kit/use-submit.ts';
import { Section } from './section.tsx';

const DATE = new Intl.DateTimeFormat('en', { dateStyle: 'long' });

/** Guest libraries that came along within the last seven days, and can still go back. */
export function PastClaims() {
  const { value } = usePastClaims();
  const { isBusy, failure, run } = useSubmit();
  const open = value?.items.filter(({ undoneAt }) => undoneAt === null) ?? [];
  if (open.length === 0) return null;
  const takeBack = async (id: (typeof open)[number]['id'], what: string) => {
    const sure = await ask({
      title: `Take ${what} out of this account?`,
      body: 'It goes back to a guest library of this browser, which opens when you sign out. Nothing is deleted.',
      confirm: 'Take it out',
    });
    if (!sure) return;
    await claimActions.undo({ id });
    showToast('It is a guest library of this browser again');
  };
  return (
    <Section title="Came along" lead="What you brought here as a guest can go back for seven days.">
      {failure ? (
        <div className="mb-3">
          <Alert>{failure.message}</Alert>
        </div>
      ) : null}
      <ul className="divide-line divide-y">
        {open.map(({ id, counts, createdAt, undoUntil }) => {
          const what = describeCounts(counts) || 'an empty library';
          return (
            <li key={id} className="flex items-center justify-between gap-4 py-3">
              <div>
                <p className="font-medium">{what}</p>
                <p className="text-quiet text-note mt-0.5">
                  {DATE.format(new Date(createdAt))}, can go back until {DATE.format(new Date(undoUntil))}
                </p>
              </div>
              <Button disabled={isBusy} onClick={() => void run(() => takeBack(id, what))}>
                Take it out
              </Button>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
