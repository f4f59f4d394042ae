'use client';
import { useEffect, useState } from 'react';

/** A value that came and went within `ms` was never seen. While `passing` is false, the value shows at once. */
export function useSettled<T>(value: T, passing: boolean, ms: number): T {
  const [shown, setShown] = useState(value);
  if (!passing && shown !== value) setShown(value);
  useEffect(() => {
    if (!passing) return undefined;
    const timer = setTimeout(() => setShown(value), ms);
    return () => clearTimeout(timer);
  }, [value, passing, ms]);
  return passing ? shown : value;
}
