import { PHOTO_FINISH, type Finish } from './finish.ts';
import type { PaintFrame, Studio } from './studio.ts';
import { ink, neon, pastel, pixel } from './styles/graphic.ts';
import { minimal, oil, watercolor } from './styles/painterly.ts';
import type { StyleName } from './vocabulary.ts';

/** How a finished scene is treated before it is developed, and how it is developed. */
type Style = { treat: ((studio: Studio) => PaintFrame) | null; finish: Finish };

const ON_PAPER: Finish = { grain: 1.2, vignette: 0.06, bloom: 0, saturation: 1.04, contrast: 0.1 };

export const STYLE_TREATMENTS: Record<StyleName, Style> = {
  photo: { treat: null, finish: PHOTO_FINISH },
  noir: { treat: null, finish: { grain: 6, vignette: 0.6, bloom: 0.3, saturation: 0, contrast: 0.75 } },
  watercolor: { treat: watercolor, finish: { ...ON_PAPER, saturation: 1.18 } },
  oil: { treat: oil, finish: { grain: 1, vignette: 0.15, bloom: 0.1, saturation: 1.2, contrast: 0.25 } },
  ink: { treat: ink, finish: ON_PAPER },
  neon: { treat: neon, finish: { grain: 2, vignette: 0.4, bloom: 1, saturation: 1.3, contrast: 0.3 } },
  pastel: { treat: pastel, finish: { grain: 1.6, vignette: 0, bloom: 0.15, saturation: 1.75, contrast: 0 } },
  minimal: { treat: minimal, finish: { grain: 0.4, vignette: 0, bloom: 0, saturation: 1.1, contrast: 0.1 } },
  pixel: { treat: pixel, finish: { grain: 0, vignette: 0, bloom: 0, saturation: 1.15, contrast: 0.15 } },
};
