import { useSyncExternalStore } from 'react';
import { thumbBudget } from './kept-thumbs.ts';

const unavailable = () => false;
const isAvailable = () => typeof navigator !== 'undefined' && 'serviceWorker' in navigator;
const never = () => () => {};

export type ThumbBudget = {
  /** False where nothing can be kept: plain http, or a browser that forbids it. */
  isAvailable: boolean;
  bytes: number;
  setBytes: (bytes: number) => void;
};

const setBytes = (bytes: number) => void thumbBudget.set(bytes);

/** How much room the stills of this library may take on this device. */
export function useThumbBudget(): ThumbBudget {
  const { bytes } = useSyncExternalStore(thumbBudget.subscribe, thumbBudget.get, thumbBudget.get);
  return { isAvailable: useSyncExternalStore(never, isAvailable, unavailable), bytes, setBytes };
}
