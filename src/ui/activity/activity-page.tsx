'use client';
import Link from 'next/link';
import { useMemo, useState } from 'react';
import { useClient } from '#client/use-client.ts';
import { useGenerate, useGenerations } from '#client/use-generate.ts';
import { useReceipts } from '#client/use-receipts.ts';
import { LoadingState } from '../gallery/empty-state.tsx';
import { Frame } from '../kit/frame.tsx';
import { Button, buttonClass } from '../kit/button.tsx';
import { showToast } from '../kit/feedback.ts';
import { Section } from '../settings/section.tsx';
import { MobileTop } from '../shell/mobile-top.tsx';
import { ViewerHost } from '../viewer/viewer-host.tsx';
import { GenerationRow } from './generation-row.tsx';
import { ReceiptRow } from './receipt-row.tsx';

/** Generations that are shown before the receipts come into sight. */
const FIRST = 20;

/** What was asked for and what became of it, and what is no more. */
export function ActivityPage() {
  const [isAll, setAll] = useState(false);
  const { recent } = useGenerations();
  const receipts = useReceipts();
  const isKnown = useClient(({ engine, status }) =>
    engine ? engine.getState().phase === 'whole' : status !== 'loading',
  );
  const hasLibrary = useClient(({ engine }) => engine !== null);
  const { retry, cancel } = useGenerate();
  const ids = useMemo(
    () =>
      recent.flatMap(({ outputs }) => outputs.flatMap((one) => (one.state === 'saved' ? [one.mediaId] : []))),
    [recent],
  );
  const items = receipts.value?.items ?? [];
  const isAsking = hasLibrary && receipts.status === 'loading';
  if (recent.length === 0 && items.length === 0 && receipts.status === 'failed') {
    return (
      <>
        <h1 className="sr-only">Activity</h1>
        <Frame
          title="Activity cannot be read just now"
          note="The server is out of reach. Your pictures are in the gallery."
        >
          <Button onClick={receipts.retry}>Try again</Button>
        </Frame>
      </>
    );
  }
  if (recent.length === 0 && items.length === 0) {
    return (
      <>
        <h1 className="sr-only">Activity</h1>
        {isKnown && !isAsking ? (
          <Frame
            title="Nothing has happened yet"
            note="What you make, and what is deleted for good, is told here."
          >
            <Link href="/" className={buttonClass('primary')}>
              Create
            </Link>
          </Frame>
        ) : (
          <LoadingState />
        )}
      </>
    );
  }
  return (
    <div className="max-w-[56rem] px-4 py-5 md:px-8 md:py-7">
      <MobileTop />
      <h1 className="text-lead font-medium">Activity</h1>
      {recent.length > 0 ? (
        <Section title="Generations">
          <ul className="divide-line divide-y">
            {(isAll ? recent : recent.slice(0, FIRST)).map((generation) => (
              <GenerationRow
                key={generation.id}
                generation={generation}
                onCancel={() => cancel(generation.id)}
                onRetry={() => {
                  retry(generation).catch((error: unknown) =>
                    showToast(error instanceof Error ? error.message : 'It could not be started again.'),
                  );
                }}
              />
            ))}
          </ul>
          {!isAll && recent.length > FIRST ? (
            <Button className="mt-3" onClick={() => setAll(true)}>
              Show all {recent.length}
            </Button>
          ) : null}
        </Section>
      ) : null}
      {items.length > 0 || receipts.status === 'failed' ? (
        <Section
          title="Deleted for good"
          lead="Each receipt ends with the moment at which the last byte was seen to be gone. It does not say what it was."
        >
          {receipts.status === 'failed' && items.length === 0 ? (
            <Button onClick={receipts.retry}>The receipts could not be loaded. Try again</Button>
          ) : null}
          <ul className="divide-line divide-y">
            {items.map((receipt) => (
              <ReceiptRow key={receipt.id} receipt={receipt} />
            ))}
          </ul>
        </Section>
      ) : null}
      <ViewerHost ids={ids} />
    </div>
  );
}
