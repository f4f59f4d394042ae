/** Runs once when the server starts: opens it, and runs jobs in this process unless they run apart. */
export async function register() {
  if (process.env['NEXT_RUNTIME'] !== 'nodejs') return;
  const [{ env }, { getServer }, { runJobs }] = await Promise.all([
    import('#env'),
    import('#server/server.ts'),
    import('#server/jobs/worker.ts'),
  ]);
  const server = await getServer();
  if (env().JOBS === 'inline') await runJobs(server);
}
