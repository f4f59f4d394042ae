import { cleanUp } from '#server/http/cleanup.ts';

export const dynamic = 'force-dynamic';

export const POST = (request: Request) => cleanUp(request);
