type Make = () => Uint8Array | Promise<Uint8Array>;

export type HostileFile = {
  name: string;
  make: Make;
  /** Where only one answer is right: harmless though odd, or never to be kept. */
  must?: 'be taken' | 'be refused';
};

type Entry = Make | Omit<HostileFile, 'name'>;

export const taken = (make: Make): Entry => ({ make, must: 'be taken' });
export const refused = (make: Make): Entry => ({ make, must: 'be refused' });

export const group = (sort: string, files: Record<string, Entry>): HostileFile[] =>
  Object.entries(files).map(([name, entry]) => ({
    name: `${sort}/${name}`,
    ...(typeof entry === 'function' ? { make: entry } : entry),
  }));

/** No rendition may hold it: files that are something else too carry it where that other reader would find it. */
export const PAYLOAD = '<script>afterimage-payload</script>';
