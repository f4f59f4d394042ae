/** The states of a generation and the ways between them, apart from the schemas: a browser's first load carries this. */
export const GENERATION_STATES = [
  'queued',
  'running',
  'saving',
  'succeeded',
  'failed',
  'cancelled',
  'interrupted',
] as const;
export type GenerationState = (typeof GENERATION_STATES)[number];

export type GenerationEvent = 'start' | 'save' | 'succeed' | 'fail' | 'cancel' | 'interrupt' | 'requeue';

const TRANSITIONS: Record<GenerationState, Partial<Record<GenerationEvent, GenerationState>>> = {
  queued: { start: 'running', cancel: 'cancelled', fail: 'failed' },
  running: {
    start: 'running',
    save: 'saving',
    fail: 'failed',
    cancel: 'cancelled',
    interrupt: 'interrupted',
    requeue: 'queued',
  },
  saving: {
    start: 'running',
    succeed: 'succeeded',
    fail: 'failed',
    cancel: 'cancelled',
    interrupt: 'interrupted',
    requeue: 'queued',
  },
  interrupted: { requeue: 'queued', cancel: 'cancelled' },
  succeeded: {},
  failed: {},
  cancelled: {},
};

/** The state after an event, or null when the event cannot happen there. */
export const transition = (from: GenerationState, event: GenerationEvent): GenerationState | null =>
  TRANSITIONS[from][event] ?? null;

export const isActive = (state: GenerationState) =>
  state === 'queued' || state === 'running' || state === 'saving';
