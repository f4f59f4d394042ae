'use client';
import { useUpdate } from '#client/offline/use-update.ts';
import { FLOATING } from '../kit/surface.ts';

/** One quiet line when a newer application waits. It stays until it is taken; nothing is lost either way. */
export function UpdateLine() {
  const update = useUpdate();
  return (
    <div role="status" className="fixed bottom-20 left-1/2 z-40 -translate-x-1/2 md:bottom-4">
      {update ? (
        <p className={`${FLOATING} text-note flex items-center gap-3 py-1.5 pr-1.5 pl-3.5 whitespace-nowrap`}>
          A new version is ready
          <button
            type="button"
            onClick={update}
            className="hover:bg-hover touch:h-11 h-8 rounded-lg px-2.5 font-medium transition-colors"
          >
            Reload
          </button>
        </p>
      ) : null}
    </div>
  );
}
