'use client';
import { lazy, Suspense, type ComponentType } from 'react';

/**
 * A part of a page whose code comes when it is first drawn, or when `preload` is called. Nothing stands in its place
 * meanwhile, so it is for what a person has not seen yet.
 */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  const Part = lazy(async () => ({ default: await load() }));
  return {
    preload: () => void load(),
    Part: (props: Props) => (
      <Suspense>
        <Part {...props} />
      </Suspense>
    ),
  };
}
