import { runUntilStopped } from './run-until-stopped.ts';
import { serve } from './serve.ts';

runUntilStopped((life) => serve({ dev: false }, life));
