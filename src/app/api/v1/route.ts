import { handleRest } from '#server/trpc/rest.ts';

export const dynamic = 'force-dynamic';

/** Nothing is here, and whoever asks is told so as everywhere else in the API. */
export const GET = (request: Request) => handleRest(request, '/api/v1');
