import type { Generation } from '#core/generation.ts';

export const GENERATION_STATES: Record<Generation['status'], string> = {
  queued: 'Queued',
  running: 'Running',
  saving: 'Saving',
  succeeded: 'Saved',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
};
