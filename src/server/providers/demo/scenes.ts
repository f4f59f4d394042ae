import { mountains } from './scenes/mountains.ts';
import { marble } from './scenes/marble.ts';
import { ocean } from './scenes/ocean.ts';
import type { Scene } from './studio.ts';
import type { SceneName } from './vocabulary.ts';

export const SCENE_PAINTERS: Record<SceneName, Scene> = {
  ocean,
  mountains,
  dunes: ocean,
  forest: ocean,
  space: marble,
  aurora: ocean,
  city: ocean,
  garden: marble,
  fire: marble,
  creature: marble,
  portrait: marble,
  geometry: marble,
  contours: marble,
  marble,
};
