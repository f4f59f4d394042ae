/** What a person may add. The server looks at the bytes; this keeps plain mistakes from being sent at all. */
export const ACCEPT =
  'image/png,image/jpeg,image/webp,image/gif,image/avif,video/mp4,video/webm,video/quicktime';

const accepted = new Set(ACCEPT.split(','));

export function sortFiles(files: readonly File[]): { good: File[]; bad: string[] } {
  const good = files.filter((file) => accepted.has(file.type) && file.size > 0);
  return { good, bad: files.filter((file) => !good.includes(file)).map((file) => file.name) };
}
