'use client';
import { useSyncExternalStore } from 'react';
import { makeSignal } from '../kit/signal.ts';
import { DEFAULT_SIZE, SIZES } from './views.ts';

const KEY = 'afterimage:size';
const size = makeSignal<number | null>(null);

function readSize(): number {
  const known = size.get();
  if (known !== null) return known;
  let stored = DEFAULT_SIZE;
  try {
    const value = Number(localStorage.getItem(KEY) ?? DEFAULT_SIZE);
    if (Number.isInteger(value) && value >= 0 && value < SIZES.length) stored = value;
  } catch {
    // Storage is closed to this page: the default it is.
  }
  size.set(stored);
  return stored;
}

function writeSize(next: number) {
  size.set(Math.min(SIZES.length - 1, Math.max(0, next)));
  try {
    localStorage.setItem(KEY, String(size.get()));
  } catch {
    // Storage is closed to this page: the choice lasts until it is left.
  }
}

/** The step of the tiles' size, the same in every view. */
export const useSize = (): [number, (size: number) => void] => [
  useSyncExternalStore(size.subscribe, readSize, () => DEFAULT_SIZE),
  writeSize,
];
