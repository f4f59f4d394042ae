import { useEffect, useState } from 'react';
import type { Update } from './register.ts';

/** Keeps the application on this device, and answers what to call for a new version once one is ready. */
export function useUpdate(): Update {
  const [update, setUpdate] = useState<Update>(null);
  useEffect(() => {
    const begin = async () => {
      const { registerShell } = await import('./register.ts');
      await registerShell((next) => setUpdate(() => next));
    };
    void begin();
  }, []);
  return update;
}
