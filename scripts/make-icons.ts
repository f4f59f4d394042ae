/** Draws the icons of the installed application from the mark in `src/app/icon.svg`. Run after the mark changes. */
import fs from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';

const root = path.join(import.meta.dirname, '..');
const mark = fs.readFileSync(path.join(root, 'src/app/icon.svg'));
const PAPER = '#09090b';

/** @param share Of the edge that the mark takes. A mask may cut away all but the middle 80 percent. */
async function draw(file: string, edge: number, share: number, background: string | null) {
  const inner = Math.round(edge * share);
  const drawn = await sharp(mark, { density: (72 * inner) / 28 })
    .resize(inner, inner)
    .png()
    .toBuffer();
  const canvas = { width: edge, height: edge, channels: 4, background: background ?? '#0000' } as const;
  const target = path.join(root, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  await sharp({ create: canvas })
    .composite([{ input: drawn }])
    .png({ compressionLevel: 9, palette: true })
    .toFile(target);
}

await draw('public/icons/icon-192.png', 192, 1, null);
await draw('public/icons/icon-512.png', 512, 1, null);
await draw('public/icons/maskable-512.png', 512, 0.66, PAPER);
await draw('src/app/apple-icon.png', 180, 0.8, PAPER);
