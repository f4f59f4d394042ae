import { handleBrowserUpload } from '#server/http/browser-upload.ts';

export const dynamic = 'force-dynamic';

export { handleBrowserUpload as POST };
