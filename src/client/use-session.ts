import type { Me } from '#core/owner.ts';

export type Session = { me: Me | null; status: 'loading' | 'ready' | 'failed' };

export function useSession(): Session {
  return { me: null, status: 'loading' };
}
