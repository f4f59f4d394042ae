import type { ImporterState, ImportRow, RowState } from '#client/use-import.ts';

export const PHASES: Record<ImporterState['phase'], string> = {
  empty: '',
  looking: 'Looking what is new',
  looked: '',
  checking: 'Asking the links',
  bringing: 'Bringing in',
  ended: '',
};

type Counted = { label: string; states: readonly RowState[]; always?: boolean };

/** What a list is made of, in the order in which it is told. */
export const COUNTED: readonly Counted[] = [
  { label: 'New', states: ['new'], always: true },
  { label: 'Brought in', states: ['saved'] },
  { label: 'Already here', states: ['here'], always: true },
  { label: 'Twice in the list', states: ['repeat'] },
  { label: 'Dead or refused', states: ['dead', 'refused'], always: true },
  { label: 'Cannot be read', states: ['invalid'] },
  { label: 'Not yet', states: ['failed'] },
];

/** Rows that a person may want to know about one by one, each sort under its own heading. */
export const LISTED: readonly { label: string; states: readonly RowState[] }[] = [
  { label: 'Not brought in yet', states: ['failed'] },
  { label: 'Dead or refused links', states: ['dead', 'refused'] },
  { label: 'Entries that cannot be read', states: ['invalid'] },
  { label: 'Twice in the list', states: ['repeat'] },
  { label: 'Already here', states: ['here'] },
  { label: 'Brought in', states: ['saved'] },
];

export const entriesIn = (count: number) =>
  count === 1 ? '1 entry' : `${count.toLocaleString('en')} entries`;

/** Whether less than the whole entry comes in, or has come in. */
export const isShortened = ({ state, shortened }: ImportRow) =>
  shortened !== null && (state === 'new' || state === 'saved' || state === 'failed');

export const reasonOf = (row: ImportRow): string | null =>
  row.reason ??
  (isShortened(row) ? row.shortened : null) ??
  (row.state === 'here' && row.trashed ? 'It is in the trash, and stays there.' : null);
