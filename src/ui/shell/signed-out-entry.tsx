'use client';
import { useClient } from '#client/use-client.ts';
import { lazyPart } from '../kit/lazy-part.tsx';

const line = lazyPart(() => import('./signed-out-line.tsx').then((module) => module.SignedOutLine));

export function SignedOutEntry() {
  const signedOut = useClient((session) => session.signedOut);
  return signedOut ? <line.Part {...signedOut} /> : null;
}
