import { SYNC_SCHEMA } from '#core/protocol.ts';
import { RemoteError, type Remote } from './remote-port.ts';

/** What became of a library that this browser's credential no longer owns, as far as the server tells this browser. */
export type Fate =
  | { type: 'merged'; into: string }
  /** It is somebody else's, or nobody's. */
  | { type: 'strange' }
  /** To be asked again. */
  | { type: 'unknown' };

export async function askFate(remote: Pick<Remote, 'changes'>, signal?: AbortSignal): Promise<Fate> {
  try {
    const answer = await remote.changes({ cursor: null, schema: SYNC_SCHEMA }, signal);
    return answer.type === 'moved' ? { type: 'merged', into: answer.to } : { type: 'unknown' };
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return { type: error.isOwnerChange ? 'strange' : 'unknown' };
  }
}
