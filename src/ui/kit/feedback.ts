import { makeSignal } from './signal.ts';

export type Toast = { id: number; message: string; action?: { label: string; run: () => void } };

export type Question = {
  title: string;
  body: string;
  confirm: string;
  resolve: (yes: boolean) => void;
};

export const toasts = makeSignal<readonly Toast[]>([]);
export const question = makeSignal<Question | null>(null);
/** Text for the page's polite live region. */
export const announcement = makeSignal('');

let lastId = 0;
let undo: { run: () => void } | null = null;

export function dismissToast(id: number) {
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
}

export function showToast(message: string, action?: Toast['action']) {
  const id = ++lastId;
  toasts.set([...toasts.get().slice(-2), { id, message, action }]);
  return id;
}

/** A change that can be taken back: by the toast while it shows, and by Cmd/Ctrl+Z until the next such change. */
export function showUndo(message: string, run: () => void) {
  const once = () => {
    undo = null;
    dismissToast(id);
    run();
  };
  const id = showToast(message, { label: 'Undo', run: once });
  undo = { run: once };
}

/** @returns false when there is nothing to take back. */
export function undoLast(): boolean {
  if (!undo) return false;
  undo.run();
  return true;
}

export const announce = (text: string) => announcement.set(text);

/** Asks in a dialog; false when the person backs out. */
export function ask(about: Omit<Question, 'resolve'>): Promise<boolean> {
  question.get()?.resolve(false);
  return new Promise((resolve) => {
    question.set({
      ...about,
      resolve(yes) {
        question.set(null);
        resolve(yes);
      },
    });
  });
}
