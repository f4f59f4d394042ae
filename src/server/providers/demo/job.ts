/** What crosses to a rendering thread and back. Plain data, so that it survives the crossing. */
export type RenderJob = {
  width: number;
  height: number;
  prompt: string;
  negativePrompt: string;
  style: string;
  headline: string;
  seed: number;
  clip: { fps: number; frames: number } | null;
};

export type Rendered = {
  /** RGBA of the still, or of the clip's first frame. */
  pixels: Uint8ClampedArray<ArrayBuffer>;
  /** The clip as MP4; null for a still. */
  mp4: Uint8Array<ArrayBuffer> | null;
  scene: string;
  mood: string;
  style: string;
  weather: string | null;
  /** Five colours as `#rrggbb`, for whoever wants to know. */
  palette: string[];
  /** Characters of the headline for which there is no letter. */
  skippedCharacters: string;
};
