import { makeSignal } from '../kit/signal.ts';

/** A link is asked for, or was pasted and is to be fetched at once. Each asking is a new object. */
export const linking = makeSignal<{ pasted: string | null; open: boolean } | null>(null);

export const askForLink = (pasted: string | null) => linking.set({ pasted, open: true });
