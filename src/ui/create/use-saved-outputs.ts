'use client';
import { useEffect, useMemo, useRef } from 'react';
import type { MediaId } from '#core/media.ts';
import { announce } from '../kit/feedback.ts';
import type { ResultGroup } from './result-groups.ts';

/** The pictures of the results in the order of the page. What gets finished while it is open is read out. */
export function useSavedOutputs(groups: readonly ResultGroup[]) {
  const saved = useMemo(() => {
    const ids: MediaId[] = [];
    let images = 0;
    for (const group of groups) {
      for (const output of group.outputs) {
        if (output.state !== 'saved' || !output.mediaId) continue;
        ids.push(output.mediaId);
        if (group.kind === 'image') images++;
      }
    }
    return { ids, images };
  }, [groups]);

  const statuses = useRef(new Map<string, ResultGroup['status']>());
  useEffect(() => {
    for (const group of groups) {
      const before = statuses.current.get(group.key);
      statuses.current.set(group.key, group.status);
      if (before === undefined || before === group.status) continue;
      const done = group.outputs.filter((output) => output.state === 'saved').length;
      if (group.status === 'succeeded') announce(`${done} of ${group.outputs.length} saved: ${group.prompt}`);
      if (group.status === 'failed') announce(`Failed: ${group.prompt}`);
    }
  }, [groups]);
  return saved;
}
