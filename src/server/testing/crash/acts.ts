/** What the process that is killed does, by the real verbs. Everything it is given crosses a channel between processes. */
import type { CreateGenerationInput } from '#core/generation.ts';
import type { ClaimId } from '#core/claim.ts';
import type { MediaId, UploadId } from '#core/media.ts';
import type { LibraryId } from '#core/owner.ts';
import type { GuestActor } from '../../auth/guest.ts';
import type { SignIn } from '../../claim/account.ts';
import { claimLibrary } from '../../claim/claim.ts';
import { undoClaim } from '../../claim/undo.ts';
import { createGeneration } from '../../generation/create.ts';
import { runGeneration } from '../../generation/run.ts';
import { sweepStorage } from '../../ledger.ts';
import { purgeMedia } from '../../media/change.ts';
import { saveMedia } from '../../media/save.ts';
import { moveObjects } from '../../move-objects.ts';
import type { RunningServer } from '../../server.ts';
import { putUpload } from '../../upload.ts';

export type Task =
  | { type: 'save'; library: LibraryId; id: MediaId; data: string }
  | { type: 'upload'; library: LibraryId; upload: UploadId; id: MediaId; bytes: Uint8Array }
  | { type: 'ingest'; library: LibraryId; input: CreateGenerationInput }
  | { type: 'purge'; library: LibraryId; ids: MediaId[] }
  | { type: 'move'; library: LibraryId }
  | { type: 'claim'; library: LibraryId; signIn: SignIn; guest: GuestActor }
  | { type: 'undo'; signIn: SignIn; claim: ClaimId };

/** @param answer Called with the name of each thing that whoever asked is told, as it is told. */
export async function act(
  server: RunningServer,
  task: Task,
  answer: (what: string) => Promise<void>,
): Promise<void> {
  switch (task.type) {
    case 'save':
      await saveMedia({ ...server, library: task.library }, { id: task.id, data: task.data });
      return answer('saved');
    case 'upload': {
      const ctx = { ...server, library: task.library };
      await putUpload(ctx, task.upload, task.bytes);
      await answer('uploaded');
      await saveMedia(ctx, { id: task.id, upload: task.upload });
      return answer('saved');
    }
    case 'ingest': {
      const { id } = await createGeneration({ ...server, library: task.library }, task.input);
      await answer('accepted');
      await runGeneration(server, id, server.stopping);
      return answer('made');
    }
    case 'purge':
      await purgeMedia({ ...server, library: task.library }, { ids: task.ids });
      await answer('purged');
      await sweepStorage(server, -1);
      return answer('gone');
    case 'move':
      await moveObjects(server, { to: 's3', library: task.library, parallel: 2 });
      return answer('moved');
    case 'claim':
      await claimLibrary(server, task.signIn, task.guest, { library: task.library });
      return answer('claimed');
    case 'undo':
      await undoClaim(server, task.signIn, null, task.claim);
      return answer('undone');
  }
}
