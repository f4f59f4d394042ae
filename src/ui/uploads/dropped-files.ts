import { addFiles } from './add-files.ts';
import { askForLink } from './linking.ts';

/** What a person may paste in place of a file. */
const isLink = (text: string) => /^(https:\/\/|data:(image|video)\/)\S+$/i.test(text.trim());

/** Takes everything that a drop or a paste brings, folders with all that is in them, or a link. */
export async function addDropped(entries: readonly (FileSystemEntry | File)[], text: string): Promise<void> {
  if (entries.length === 0) {
    if (isLink(text)) askForLink(text.trim());
    return;
  }
  const files: File[] = [];
  for (const entry of entries) {
    if (entry instanceof File) files.push(entry);
    else files.push(...(await filesUnder(entry, true)));
  }
  await addFiles(files);
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

async function filesUnder(entry: FileSystemEntry, isDropped: boolean): Promise<File[]> {
  // What systems hide in folders was not meant.
  if (!isDropped && entry.name.startsWith('.')) return [];
  if (isFile(entry)) return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))];
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const files: File[] = [];
  for (;;) {
    // A reader gives a hundred at most, and nothing at its end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return files;
    for (const inner of some) files.push(...(await filesUnder(inner, false)));
  }
}
