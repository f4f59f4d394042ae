'use client';
import type { AuditType, Device } from '#core/account.ts';
import { accountActions, useAudit, useDevices } from '#client/use-account.ts';
import { Alert } from '../kit/alert.tsx';
import { Button } from '../kit/button.tsx';
import { ask } from '../kit/feedback.ts';
import { Moment } from '../kit/moment.tsx';
import { useSubmit } from '../kit/use-submit.ts';
import { AUDIT_WORDS } from './audit-words.ts';
import { Section } from './section.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { SignedIn } from './signed-in.tsx';

export function DevicesPage() {
  return (
    <SettingsFrame>
      <SignedIn>
        <Devices />
        <Events />
      </SignedIn>
    </SettingsFrame>
  );
}

async function endOthers() {
  const sure = await ask({
    title: 'Sign out all other devices?',
    body: 'They lose access at once. Your library stays, here and in your account.',
    confirm: 'Sign out the others',
  });
  if (sure) await accountActions.signOutEverywhere({});
}

function Devices() {
  const { value, status, retry } = useDevices();
  const { isBusy, failure, run } = useSubmit();
  const others = value?.items.filter(({ isThis }) => !isThis).length ?? 0;
  return (
    <Section
      title="Signed in"
      lead="Signing a device out takes effect at once; it forgets the library when it is next open."
    >
      {status === 'failed' ? <Button onClick={retry}>Could not be loaded. Try again</Button> : null}
      {status === 'loading' ? <p className="text-quiet">Loading</p> : null}
      {failure ? <Alert>{failure.message}</Alert> : null}
      <ul className="divide-line divide-y">
        {value?.items.map((device) => (
          <DeviceRow
            key={device.id}
            device={device}
            isBusy={isBusy}
            onEnd={() => void run(() => accountActions.signOutDevice({ id: device.id }))}
          />
        ))}
      </ul>
      {others > 0 ? (
        <Button className="mt-4" disabled={isBusy} onClick={() => void run(endOthers)}>
          Sign out everywhere else
        </Button>
      ) : null}
    </Section>
  );
}

function DeviceRow({ device, isBusy, onEnd }: { device: Device; isBusy: boolean; onEnd: () => void }) {
  return (
    <li className="flex items-center justify-between gap-4 py-3">
      <div className="min-w-0">
        <p className="truncate font-medium">
          {device.name}
          {device.isThis ? <span className="text-quiet ml-2 font-normal">This device</span> : null}
        </p>
        <p className="text-quiet text-note mt-0.5 tabular-nums">
          <span className="inline-block">
            Since <Moment at={device.signedInAt} />,
          </span>{' '}
          <span className="inline-block">
            {device.isThis ? (
              'in use now'
            ) : (
              <>
                last seen <Moment at={device.lastSeenAt} />
              </>
            )}
          </span>
        </p>
      </div>
      {device.isThis ? null : (
        <Button disabled={isBusy} onClick={onEnd} aria-label={`Sign out ${device.name}`}>
          Sign out
        </Button>
      )}
    </li>
  );
}

const wordsOf = (type: AuditType) => AUDIT_WORDS[type];

function Events() {
  const { value, status } = useAudit();
  return (
    <Section
      title="What happened to this account"
      lead="Kept for a year. If something here was not you, change the password."
    >
      {status === 'failed' ? <p className="text-danger">This list could not be loaded.</p> : null}
      <ul className="divide-line divide-y">
        {value?.items.map((event) => (
          <li
            key={event.id}
            className="flex flex-col gap-x-6 py-2.5 sm:flex-row sm:items-baseline sm:justify-between"
          >
            <span>{wordsOf(event.type)}</span>
            <span className="text-quiet text-note tabular-nums">
              {[event.device, event.address].map((part) => (part ? `${part}, ` : ''))}
              <Moment at={event.at} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
