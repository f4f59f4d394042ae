import { portrait } from './scenes/portrait.ts';
import { creature } from './scenes/creature.ts';
import { fire } from './scenes/fire.ts';
import { geometry } from './scenes/geometry.ts';
import { contours } from './scenes/contours.ts';
import { mountains } from './scenes/mountains.ts';
import { forest } from './scenes/forest.ts';
import { city } from './scenes/city.ts';
import { aurora } from './scenes/aurora.ts';
import { dunes } from './scenes/dunes.ts';
import { space } from './scenes/space.ts';
import { garden } from './scenes/garden.ts';
import { marble } from './scenes/marble.ts';
import { ocean } from './scenes/ocean.ts';
import type { Scene } from './studio.ts';
import type { SceneName } from './vocabulary.ts';

export const SCENE_PAINTERS: Record<SceneName, Scene> = {
  ocean,
  mountains,
  dunes,
  forest,
  space,
  aurora,
  city,
  garden,
  fire,
  creature,
  portrait,
  geometry,
  contours,
  marble,
};
