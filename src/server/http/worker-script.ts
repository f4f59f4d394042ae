import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const ENTRY = 'src/client/offline/worker/main.ts';

/** Scripts and styles of this build. Those in the folder named after the build make each list new. */
async function listCode(root: string): Promise<string[]> {
  const folder = path.join(root, process.env['NEXT_DIST_DIR'] ?? '.next', 'static');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(?:js|css)$/.test(entry.name))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((name) => `/_next/static/${name.split(path.sep).join('/')}`)
    .sort();
}

/** The service worker of the build that is under way, as one script that names the files of that build. */
export async function buildWorkerScript(): Promise<string> {
  const root = process.cwd();
  const files = await listCode(root);
  const hash = createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 16);
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    define: { BUILD: JSON.stringify(hash), FILES: JSON.stringify(files) },
  });
  const [script] = outputFiles;
  if (!script) throw new Error('The service worker came out empty.');
  return script.text;
}
