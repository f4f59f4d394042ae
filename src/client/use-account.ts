import { useCallback } from 'react';
import type { Account, AuditEvent, Device, SignInMethods } from '#core/account.ts';
import { api } from './browser.ts';
import { andAskAgain, changeThere } from './change.ts';
import { trpc } from './trpc.ts';

/** About an account, not about a library: no request here names one. */
const context = { library: null };
export const unnamed = { trpc: { context } };

export type Loaded<Part> = { value: Part | null; status: 'loading' | 'ready' | 'failed'; retry: () => void };

type Query<Part> = {
  data: Part | undefined;
  isError: boolean;
  /** It waits for a network. */
  isPaused: boolean;
  refetch: () => Promise<unknown>;
};

export function useLoaded<Part>({ data, isError, isPaused, refetch }: Query<Part>): Loaded<Part> {
  const retry = useCallback(() => void refetch(), [refetch]);
  return { value: data ?? null, status: data ? 'ready' : isError || isPaused ? 'failed' : 'loading', retry };
}

export const useSignInMethods = (): Loaded<SignInMethods> =>
  useLoaded(trpc.account.methods.useQuery(undefined, { ...unnamed, staleTime: Infinity }));

export const useAccount = (): Loaded<Account> =>
  useLoaded(trpc.account.me.useQuery(undefined, { ...unnamed, retry: false }));

export const useDevices = (): Loaded<{ items: Device[] }> =>
  useLoaded(trpc.account.devices.useQuery(undefined, unnamed));

export const useAudit = (): Loaded<{ items: AuditEvent[] }> =>
  useLoaded(trpc.account.audit.useQuery({ limit: 30 }, unnamed));

type Calls = typeof api.account;
type InputOf<Name extends keyof Calls> = Calls[Name] extends {
  mutate: (input: infer Input, ...rest: never[]) => unknown;
}
  ? Input
  : never;

const change = <Answer>(answer: Promise<Answer>) => changeThere(answer, ['account']);

const options = { context };

/** Each resolves once the server has done it, and rejects with a RemoteError. */
export const accountActions = {
  signUp: (input: InputOf<'signUp'>) => change(api.account.signUp.mutate(input, options)),
  signIn: (input: InputOf<'signIn'>) => change(api.account.signIn.mutate(input, options)),
  requestLink: (input: InputOf<'requestLink'>) => change(api.account.requestLink.mutate(input, options)),
  openLink: (input: InputOf<'openLink'>) => change(api.account.openLink.mutate(input, options)),
  requestReset: (input: InputOf<'requestReset'>) => change(api.account.requestReset.mutate(input, options)),
  reset: (input: InputOf<'reset'>) => change(api.account.reset.mutate(input, options)),
  update: (input: InputOf<'update'>) => andAskAgain(change(api.account.update.mutate(input, options))),
  changePassword: (input: InputOf<'changePassword'>) =>
    change(api.account.changePassword.mutate(input, options)),
  requestEmailChange: (input: InputOf<'requestEmailChange'>) =>
    change(api.account.requestEmailChange.mutate(input, options)),
  confirmEmailChange: (input: InputOf<'confirmEmailChange'>) =>
    change(api.account.confirmEmailChange.mutate(input, options)),
  signOutDevice: (input: InputOf<'signOutDevice'>) =>
    change(api.account.signOutDevice.mutate(input, options)),
  signOutEverywhere: (input: InputOf<'signOutEverywhere'>) =>
    change(api.account.signOutEverywhere.mutate(input, options)),
  unlinkProvider: (input: InputOf<'unlinkProvider'>) =>
    change(api.account.unlinkProvider.mutate(input, options)),
};
