'use client';
import { useEffect, useState } from 'react';

/** Now, renewed when the day has changed by the time the page is looked at again. */
export function useToday(): Date {
  const [today, setToday] = useState(() => new Date());
  useEffect(() => {
    const renew = () =>
      setToday((before) => {
        const now = new Date();
        return now.toDateString() === before.toDateString() ? before : now;
      });
    const timer = setInterval(renew, 60_000);
    document.addEventListener('visibilitychange', renew);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', renew);
    };
  }, []);
  return today;
}
