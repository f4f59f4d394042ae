'use client';
import { useSignInMethods } from '#client/use-account.ts';
import { travelToProvider } from '#client/travel-to-provider.ts';
import { Alert } from '../kit/alert.tsx';
import { Button } from '../kit/button.tsx';
import { useSubmit } from '../kit/use-submit.ts';
import { claimPath } from './next-path.ts';

/** The providers that this server is configured for; nothing where there is none. */
export function ProviderButtons({ next }: { next: string }) {
  const { value: methods } = useSignInMethods();
  const { isBusy, failure, run } = useSubmit();
  if (!methods || methods.providers.length === 0) return null;
  return (
    <div className="mb-6 flex flex-col gap-2">
      {methods.providers.map(({ id, name }) => (
        <Button
          key={id}
          disabled={isBusy}
          onClick={() => void run(() => travelToProvider(id, claimPath(next)))}
          className="w-full"
        >
          Continue with {name}
        </Button>
      ))}
      {failure ? <Alert>{failure.message}</Alert> : null}
      <div className="text-quiet text-note mt-3 flex items-center gap-3">
        <span className="border-line grow border-t" />
        or
        <span className="border-line grow border-t" />
      </div>
    </div>
  );
}
