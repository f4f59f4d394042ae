import type { Metadata } from 'next';
import Link from 'next/link';
import { Frame } from '#ui/kit/frame.tsx';
import { buttonClass } from '#ui/kit/button.tsx';

export const metadata: Metadata = { title: 'Out of reach' };

/** In place of a page that only the server has. */
export default function Page() {
  return (
    <>
      <h1 className="sr-only">Out of reach</h1>
      <Frame
        title="This page needs the server"
        note="It is out of reach just now. Nothing is lost: your recent pictures are on this device."
      >
        <Link href="/gallery" className={buttonClass('primary')}>
          Go to the gallery
        </Link>
      </Frame>
    </>
  );
}
