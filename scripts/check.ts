import { check } from './stages.ts';

process.exitCode = (await check()) ? 0 : 1;
