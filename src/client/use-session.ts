import type { Me } from '#core/owner.ts';
import { useClient } from './use-client.ts';

export type Session = { me: Me | null; status: 'loading' | 'ready' | 'failed' };

/** Who this is. 'failed' as well while the server cannot say it, though the device may show a library. */
export function useSession(): Session {
  const me = useClient((session) => session.me);
  const status = useClient((session) => session.status);
  const isUnheard = useClient((session) => session.isUnheard);
  if (me !== null || status !== 'ready') return { me, status };
  return { me, status: isUnheard ? 'failed' : 'loading' };
}
