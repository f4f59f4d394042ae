'use client';
import Link from 'next/link';
import { useState } from 'react';
import type { Erasure } from '#core/account.ts';
import type { LibraryId } from '#core/owner.ts';
import { EXPORT_URL, privacyActions, useSummary } from '#client/use-privacy.ts';
import { useSession } from '#client/use-session.ts';
import { Alert } from '../kit/alert.tsx';
import { Button, buttonClass } from '../kit/button.tsx';
import { ask } from '../kit/feedback.ts';
import { useSubmit } from '../kit/use-submit.ts';
import { byteSize } from '../viewer/media-facts.ts';
import { DeleteAccount } from './delete-account.tsx';
import { Receipt } from './receipt.tsx';
import { Section } from './section.tsx';
import { SettingsFrame } from './settings-frame.tsx';

export function PrivacyPage() {
  return (
    <SettingsFrame>
      <Privacy />
    </SettingsFrame>
  );
}

function Privacy() {
  const { me, status } = useSession();
  // Kept here: the guest whose library it was is gone by the time that it is shown.
  const [erased, setErased] = useState<Erasure | null>(null);
  if (status === 'loading') return <p className="text-quiet py-7">Loading</p>;
  if (status === 'failed') {
    return (
      <Section
        title="The server cannot be reached"
        lead="Your library on this device is untouched. Try again later."
      />
    );
  }
  return (
    <>
      {erased ? <Erased erasure={erased} /> : null}
      {me?.type === 'user' || me?.library ? <Download /> : null}
      <BringIn />
      {me?.type === 'user' ? <DeleteAccount /> : null}
      {me?.type === 'guest' && me.library ? <EraseLibrary library={me.library} onErased={setErased} /> : null}
      {me?.type === 'none' && !erased ? (
        <Section
          title="Nothing is kept"
          lead="This browser has no library on this server. It gets one with the first picture or video, and then everything can be downloaded and deleted here."
        />
      ) : null}
    </>
  );
}

const counted = (count: number, one: string) =>
  `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;

function describe({ media, trash, bytes }: { media: number; trash: number; bytes: number }): string {
  if (media + trash === 0) return 'There is no picture or video yet.';
  const trashed = trash > 0 ? `, ${trash.toLocaleString('en')} of them in the trash` : '';
  return `${counted(media + trash, 'original')}${trashed}: ${byteSize(bytes)}.`;
}

function Download() {
  const { value } = useSummary();
  return (
    <Section
      title="Download everything"
      lead="One ZIP: every picture and video as it was saved, and beside each a JSON file with its prompt, settings and tags; your generations and collections; of an account also its devices and events. What could not be read whole, if anything, is listed in failed.json with the reason."
    >
      <p className="text-quiet mb-3 min-h-5 tabular-nums">{value ? describe(value) : null}</p>
      {value?.refused ? (
        <div className="mb-3">
          <Alert>{value.refused}</Alert>
        </div>
      ) : null}
      <a href={EXPORT_URL} download className={buttonClass('plain')}>
        Download everything
      </a>
    </Section>
  );
}

function BringIn() {
  return (
    <Section
      title="Bring in a history"
      lead="Lists that another gallery kept in a browser: what is behind their links is fetched and stored here, with prompts and settings."
    >
      <Link href="/import" className={buttonClass('plain')}>
        Bring in a history
      </Link>
    </Section>
  );
}

function EraseLibrary({ library, onErased }: { library: LibraryId; onErased: (erasure: Erasure) => void }) {
  const { isBusy, failure, run } = useSubmit();
  async function erase() {
    const sure = await ask({
      title: 'Delete everything on this server?',
      body: 'Every picture, video and generation of this library goes at once, here and on the server. Nothing of it can be brought back. Download it first if you want to keep something.',
      confirm: 'Delete everything',
    });
    if (sure) onErased(await privacyActions.eraseLibrary(library));
  }
  return (
    <Section
      title="Delete everything"
      lead="Your whole library goes from this server and from this browser, with every file. It happens at once: a guest has no way to come back for it."
    >
      {failure ? (
        <div className="mb-3">
          <Alert>{failure.message}</Alert>
        </div>
      ) : null}
      <Button disabled={isBusy} onClick={() => void run(erase)}>
        {isBusy ? 'Deleting' : 'Delete everything on this server'}
      </Button>
    </Section>
  );
}

function Erased({ erasure: { id, counts } }: { erasure: Erasure }) {
  return (
    <Section
      title="Everything was deleted"
      lead={`${counted(counts.rows, 'record')} went at once. ${counted(counts.files, 'file')} (${byteSize(counts.bytes)}) follow within minutes, or after a backup that is being made; the receipt is finished when each of them was seen to be gone.`}
    >
      <div role="status">
        <Receipt id={id} />
      </div>
    </Section>
  );
}
