import { useCallback } from 'react';
import type { Account, AuditEvent, Device, SignInMethods } from '#core/account.ts';
import { api, queryClient } from './browser.ts';
import { toRemoteError } from './remote.ts';
import { useCall } from './use-call.ts';

/** About an account, not about a library: no request here names one. */
export const unnamed = { context: { library: null } };

export type Loaded<Part> = { value: Part | null; status: 'loading' | 'ready' | 'failed'; retry: () => void };

type Query<Part> = { data: Part | undefined; isError: boolean; refetch: () => Promise<unknown> };

export function useLoaded<Part>({ data, isError, refetch }: Query<Part>): Loaded<Part> {
  const retry = useCallback(() => void refetch(), [refetch]);
  return { value: data ?? null, status: data ? 'ready' : isError ? 'failed' : 'loading', retry };
}

export const useSignInMethods = (): Loaded<SignInMethods> =>
  useLoaded(
    useCall(['account', 'methods'], () => api.account.methods.query(undefined, unnamed), {
      staleTime: Infinity,
    }),
  );

export const useAccount = (): Loaded<Account> =>
  useLoaded(useCall(['account', 'me'], () => api.account.me.query(undefined, unnamed), { retry: false }));

export const useDevices = (): Loaded<{ items: Device[] }> =>
  useLoaded(useCall(['account', 'devices'], () => api.account.devices.query(undefined, unnamed)));

export const useAudit = (): Loaded<{ items: AuditEvent[] }> =>
  useLoaded(useCall(['account', 'audit'], () => api.account.audit.query({ limit: 30 }, unnamed)));

type Calls = typeof api.account;
type InputOf<Name extends keyof Calls> = Calls[Name] extends {
  mutate: (input: infer Input, ...rest: never[]) => unknown;
}
  ? Input
  : never;

/** @throws RemoteError */
async function change<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    throw toRemoteError(error);
  } finally {
    await queryClient.invalidateQueries({ queryKey: ['account'] });
  }
}

/** Each resolves once the server has done it, and rejects with a RemoteError. */
export const accountActions = {
  signUp: (input: InputOf<'signUp'>) => change(api.account.signUp.mutate(input, unnamed)),
  signIn: (input: InputOf<'signIn'>) => change(api.account.signIn.mutate(input, unnamed)),
  requestLink: (input: InputOf<'requestLink'>) => change(api.account.requestLink.mutate(input, unnamed)),
  openLink: (input: InputOf<'openLink'>) => change(api.account.openLink.mutate(input, unnamed)),
  requestReset: (input: InputOf<'requestReset'>) => change(api.account.requestReset.mutate(input, unnamed)),
  reset: (input: InputOf<'reset'>) => change(api.account.reset.mutate(input, unnamed)),
  update: (input: InputOf<'update'>) => change(api.account.update.mutate(input, unnamed)),
  changePassword: (input: InputOf<'changePassword'>) =>
    change(api.account.changePassword.mutate(input, unnamed)),
  requestEmailChange: (input: InputOf<'requestEmailChange'>) =>
    change(api.account.requestEmailChange.mutate(input, unnamed)),
  confirmEmailChange: (input: InputOf<'confirmEmailChange'>) =>
    change(api.account.confirmEmailChange.mutate(input, unnamed)),
  signOutDevice: (input: InputOf<'signOutDevice'>) =>
    change(api.account.signOutDevice.mutate(input, unnamed)),
  signOutEverywhere: (input: InputOf<'signOutEverywhere'>) =>
    change(api.account.signOutEverywhere.mutate(input, unnamed)),
  unlinkProvider: (input: InputOf<'unlinkProvider'>) =>
    change(api.account.unlinkProvider.mutate(input, unnamed)),
};
