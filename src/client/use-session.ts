import type { Me } from '#core/owner.ts';
import { useClient } from './use-client.ts';

export type Session = { me: Me | null; status: 'loading' | 'ready' | 'failed' };

export function useSession(): Session {
  const me = useClient((session) => session.me);
  const status = useClient((session) => session.status);
  return { me, status: status === 'ready' && me === null ? 'loading' : status };
}
