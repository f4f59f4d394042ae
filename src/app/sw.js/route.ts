import { buildWorkerScript } from '#server/http/worker-script.ts';

/** Made once, with the pages that it keeps. */
export const dynamic = 'force-static';

export async function GET() {
  if (process.env.NODE_ENV !== 'production') return new Response('', { status: 404 });
  return new Response(await buildWorkerScript(), {
    headers: { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'no-cache' },
  });
}
