'use client';
import { useMemo, useState } from 'react';
import { newRequestId } from '#client/ids.ts';
import { useGenerate, useGenerations, type GenerateInput } from '#client/use-generate.ts';
import {
  resultGroups,
  retryInput,
  type ResultGroup,
  type ResultOutput,
  type Started,
} from './result-groups.ts';

const wordsOf = (error: unknown) =>
  error instanceof Error ? error.message : 'It did not start. The prompt is kept.';

/** The results to show, and what can be done to them. A request shows in the frame in which it is made. */
export function useRequests() {
  const { recent } = useGenerations();
  const { generate, retry, cancel } = useGenerate();
  const [started, setStarted] = useState<readonly Started[]>([]);
  const groups = useMemo(() => resultGroups(recent, started), [recent, started]);

  const drop = (requestId: string) =>
    setStarted((list) => list.filter((entry) => entry.requestId !== requestId));

  /** @returns Why it did not start. */
  async function start(input: GenerateInput & { requestId: string }): Promise<string | null> {
    const { requestId } = input;
    setStarted((list) => [
      { requestId, input, at: new Date().toISOString(), error: null },
      ...list.filter((entry) => entry.requestId !== requestId),
    ]);
    try {
      await generate(input);
      return null;
    } catch (error) {
      const words = wordsOf(error);
      setStarted((list) =>
        list.map((entry) => (entry.requestId === requestId ? { ...entry, error: words } : entry)),
      );
      return words;
    }
  }

  async function retryAll(group: ResultGroup): Promise<string | null> {
    if (group.started) {
      await start({ ...group.started.input, requestId: group.started.requestId });
      return null;
    }
    try {
      if (group.generation) await retry(group.generation);
      return null;
    } catch (error) {
      return wordsOf(error);
    }
  }

  async function retryOne(group: ResultGroup, output: ResultOutput) {
    if (!group.generation) return;
    const requestId = newRequestId();
    await start({ ...retryInput(group.generation, output.index, requestId), requestId });
  }

  return {
    groups,
    recent,
    start,
    retryAll,
    retryOne,
    dismiss: (group: ResultGroup) => drop(group.key),
    cancel: (group: ResultGroup) => {
      if (group.generation) cancel(group.generation.id);
    },
  };
}
