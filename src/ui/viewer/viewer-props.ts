import type { MediaId } from '#core/media.ts';

export type ViewerProps = {
  id: string;
  /** The pictures of the page beneath, in the order in which the arrows go. */
  ids: readonly MediaId[];
  onNearEnd?: () => void;
  onShow: (id: MediaId) => void;
  onClose: () => void;
};
