import { queryClient, session } from './browser.ts';
import { toRemoteError } from './remote.ts';

/**
 * A change that the server makes at once: whether it did or not, what these procedures answered is asked for again.
 * @param paths Of procedures or of whole routers: `['account']`.
 * @throws RemoteError
 */
export async function changeThere<Answer>(answer: Promise<Answer>, ...paths: string[][]): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    throw toRemoteError(error);
  } finally {
    await Promise.all(paths.map((path) => queryClient.invalidateQueries({ queryKey: [path] })));
  }
}

/** A change of what `me` says. It has happened whether or not the server can say at once who is here now. */
export async function andAskAgain<Answer>(change: Promise<Answer>): Promise<Answer> {
  const answer = await change;
  await session?.refresh().catch(() => {});
  return answer;
}
