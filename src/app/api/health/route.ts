export const dynamic = 'force-dynamic';

/** The process is alive. Whether it can work is for /api/ready. */
export const GET = () => Response.json({ status: 'ok' }, { headers: { 'Cache-Control': 'no-store' } });
