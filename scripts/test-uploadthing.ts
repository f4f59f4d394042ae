/** `npm run test:uploadthing`: a real browser sends to UploadThing's stand-in, with an app of its own behind it. */
import { findChromium } from './find-chromium.ts';
import { root, runStage, runTool } from './stages.ts';

const { path } = await findChromium(root);
const env = { CHROMIUM_PATH: path, JOURNEYS: 'uploadthing.journey.ts' };
const passed = await runStage('uploads to UploadThing', () =>
  runTool('@playwright/test/cli.js', ['test'], env),
);
process.exit(passed ? 0 : 1);
