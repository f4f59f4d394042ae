'use client';
import { useEffect, useState } from 'react';
import { lazyPart } from '../kit/lazy-part.tsx';

const outlet = lazyPart(() => import('./upload-outlet.tsx').then((module) => module.UploadOutlet));

/** Files can come in once the page has loaded: nobody holds one over it before. */
export function UploadEntry() {
  const [loaded, setLoaded] = useState(false);
  useEffect(() => {
    const begin = () => setLoaded(true);
    if (document.readyState === 'complete') begin();
    else addEventListener('load', begin, { once: true });
    return () => removeEventListener('load', begin);
  }, []);
  return loaded ? <outlet.Part /> : null;
}
