'use client';
import type { ReactNode } from 'react';
import type { Erasure } from '#core/account.ts';
import { useErasure } from '#client/use-privacy.ts';
import { Button } from '../kit/button.tsx';
import { Day, Moment } from '../kit/moment.tsx';
import { byteSize } from '../viewer/media-facts.ts';
import { AccountFrame } from './account-frame.tsx';

const TITLES: Record<Erasure['state'], string> = {
  waiting: 'It will be deleted',
  erasing: 'It is being deleted',
  finished: 'It is gone',
  'taken-back': 'It was kept',
};

/** What became of a deletion, for whoever has its number: nothing in it says whose it was. */
export function ErasurePage({ id }: { id: string }) {
  const { value, status, retry } = useErasure(id);
  if (value) return <Told erasure={value} />;
  if (status === 'loading') return null;
  return (
    <AccountFrame
      title="No receipt can be shown"
      lead="There is none with this number, or the server is out of reach just now."
    >
      <Button onClick={retry}>Try again</Button>
    </AccountFrame>
  );
}

function Told({ erasure }: { erasure: Erasure }) {
  const { id, state, requestedAt, dueAt, finishedAt, counts } = erasure;
  return (
    <AccountFrame wide title={TITLES[state]} lead={<Sentence erasure={erasure} />}>
      <dl className="divide-line divide-y tabular-nums">
        <Fact name="Asked for">
          <Moment at={requestedAt} />
        </Fact>
        {state === 'waiting' ? (
          <Fact name="Due in the night after">
            <Day at={dueAt} />
          </Fact>
        ) : null}
        {state === 'erasing' || state === 'finished' ? (
          <>
            <Fact name="Records">{counts.rows.toLocaleString('en')}</Fact>
            <Fact name="Pictures and videos">{counts.media.toLocaleString('en')}</Fact>
            <Fact name="Files">
              {counts.files.toLocaleString('en')}, {byteSize(counts.bytes)}
            </Fact>
          </>
        ) : null}
        {finishedAt ? (
          <Fact name="Last byte seen to be gone">
            <Moment at={finishedAt} />
          </Fact>
        ) : null}
        <Fact name="Number">
          <span className="text-note font-mono break-all">{id}</span>
        </Fact>
      </dl>
    </AccountFrame>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap justify-between gap-x-6 gap-y-0.5 py-2.5">
      <dt className="text-quiet">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Sentence({ erasure: { state } }: { erasure: Erasure }) {
  switch (state) {
    case 'waiting':
      return 'Until then it can be taken back, in the settings of the account.';
    case 'erasing':
      return 'Every record is gone. Of some files it has not been seen yet that they are.';
    case 'finished':
      return 'Every record and every file, each of which was seen to be gone.';
    case 'taken-back':
      return 'The deletion was taken back in time. Nothing was deleted.';
  }
}
