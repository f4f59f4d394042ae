import { startApp } from './server.ts';

/** One application for all journeys; BASE_URL names one that runs already. */
export default async function setup() {
  if (process.env['BASE_URL']) return;
  const app = await startApp();
  process.env['BASE_URL'] = app.url;
  return async () => {
    try {
      // After everything that the journeys have done to it.
      await app.examine();
    } finally {
      await app.remove();
    }
  };
}
