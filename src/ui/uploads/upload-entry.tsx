'use client';
import { useEffect, useState } from 'react';
import { lazyPart } from '../kit/lazy-part.tsx';

const outlet = lazyPart(() => import('./upload-outlet.tsx').then((module) => module.UploadOutlet));

/** After the page has loaded, so that this is in nothing's way. In milliseconds. */
const PAUSE = 300;

/** Files can come in soon after the page has loaded: nobody holds one over it before. */
export function UploadEntry() {
  const [needed, setNeeded] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const begin = () => {
      timer = setTimeout(() => setNeeded(true), PAUSE);
    };
    if (document.readyState === 'complete') begin();
    else addEventListener('load', begin, { once: true });
    return () => {
      removeEventListener('load', begin);
      clearTimeout(timer);
    };
  }, []);
  return needed ? <outlet.Part /> : null;
}
