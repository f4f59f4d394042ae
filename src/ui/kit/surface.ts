/** What floats over the page: the same paper and the one shadow. */
export const BACKDROP =
  'page-backdrop fixed inset-0 z-50 bg-scrim transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0';

export const POPUP =
  'bg-raised border-line shadow-float text-text fixed top-1/2 left-1/2 z-50 -translate-x-1/2 -translate-y-1/2 rounded-panel border transition-[opacity,scale] data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0';

export const FLOATING =
  'bg-raised border-line shadow-float text-text z-50 origin-(--transform-origin) rounded-panel border outline-none transition-[opacity,scale] data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0';
