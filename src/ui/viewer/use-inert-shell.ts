'use client';
import { useEffect, type RefObject } from 'react';
import { SHELL_ID } from '../shell/shell-id.ts';

/** While mounted, the page beneath cannot be reached or scrolled; the frame has the focus. */
export function useInertShell(frame: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const shell = document.getElementById(SHELL_ID);
    const root = document.documentElement;
    const { overflow } = root.style;
    if (shell) shell.inert = true;
    root.style.overflow = 'hidden';
    root.dataset['viewer'] = '';
    frame.current?.focus({ preventScroll: true });
    return () => {
      if (shell) shell.inert = false;
      root.style.overflow = overflow;
      delete root.dataset['viewer'];
    };
  }, [frame]);
}
