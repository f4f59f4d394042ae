'use client';
import { useState } from 'react';

const KEY = 'afterimage:info';

/** Whether the details are shown: closed at first, then as the person left it. */
export function useInfoOpen(): [boolean, (open: boolean) => void] {
  const [open, setOpen] = useState(() => {
    try {
      return localStorage.getItem(KEY) === '1';
    } catch {
      return false;
    }
  });
  return [
    open,
    (next) => {
      setOpen(next);
      try {
        localStorage.setItem(KEY, next ? '1' : '0');
      } catch {
        // Storage is closed to this page: the choice lasts until it is left.
      }
    },
  ];
}
