'use client';
import { privacyActions, useDeletion } from '#client/use-privacy.ts';
import { Alert } from '../kit/alert.tsx';
import { Button } from '../kit/button.tsx';
import { Day } from '../kit/moment.tsx';
import { showToast } from '../kit/feedback.ts';
import { useSubmit } from '../kit/use-submit.ts';

/** As long as the account waits for its deletion: when that is, and the way back. */
export function DeletionBanner() {
  const deletion = useDeletion();
  const { isBusy, failure, run } = useSubmit();
  if (!deletion) return null;
  return (
    <div role="status" className="border-danger bg-raised mt-5 rounded-lg border px-4 py-3.5">
      <p className="font-medium">
        This account will be deleted in the night after <Day at={deletion.dueAt} />
      </p>
      <p className="text-quiet mt-1">Until then everything is as it was, and it can be taken back.</p>
      {failure ? (
        <div className="mt-3">
          <Alert>{failure.message}</Alert>
        </div>
      ) : null}
      <Button
        className="mt-3"
        disabled={isBusy}
        onClick={() =>
          void run(async () => {
            await privacyActions.takeBack();
            showToast('The account stays');
          })
        }
      >
        Keep the account
      </Button>
    </div>
  );
}
