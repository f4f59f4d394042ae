export type UploadItem = {
  /** The id that the media record will have. */
  id: string;
  name: string;
  /** 0 to 1 while bytes are being sent; null when that is not known. */
  progress: number | null;
  state: 'waiting' | 'sending' | 'saving' | 'saved' | 'failed';
  error: string | null;
};

export type Upload = { upload: (files: readonly File[]) => void; items: readonly UploadItem[] };

export function useUpload(): Upload {
  return { upload: () => {}, items: [] };
}
