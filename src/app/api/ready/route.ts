import { checkReadiness } from '#server/http/ready.ts';

export const dynamic = 'force-dynamic';

export const GET = () => checkReadiness();
