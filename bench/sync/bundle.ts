/** One minified script a candidate, as a browser would load it. */
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { root } from '../../scripts/stages.ts';
import { CANDIDATES, type CandidateName } from './names.ts';

export type Bundles = { scripts: Map<string, string>; gzipped: Map<CandidateName, number> };

export async function bundleCandidates(): Promise<Bundles> {
  const scripts = new Map<string, string>();
  const gzipped = new Map<CandidateName, number>();
  for (const name of CANDIDATES) {
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: [path.join('bench/sync/candidates', `${name}.ts`)],
      define: { 'process.env.NODE_ENV': '"production"' },
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'chrome120',
      write: false,
      logLevel: 'error',
    });
    const text = outputFiles[0]?.text ?? '';
    scripts.set(name, text);
    gzipped.set(name, gzipSync(text).byteLength);
  }
  return { scripts, gzipped };
}
