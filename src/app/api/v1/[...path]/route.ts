import { handleRest } from '#server/trpc/rest.ts';

export const dynamic = 'force-dynamic';

const handle = (request: Request) => handleRest(request, '/api/v1');

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
};
