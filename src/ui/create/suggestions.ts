/** One of these stands in an empty prompt field. Each draws well in the demo, and shows what a prompt can be. */
export const SUGGESTIONS = {
  image: [
    'A lighthouse above a violet sea, first light, long exposure',
    'Paper mountains in morning mist, layered blues',
    'A quiet city street after rain, neon in the puddles',
    'Ink flowers on handmade paper, one red petal',
    'Desert dunes under two moons, copper and indigo',
    'Aurora over a frozen lake, seen from a small boat',
  ],
  video: [
    'Slow waves of copper light over dark water',
    'Aurora drifting above snow, steady camera',
    'Smoke and silk turning in still air',
  ],
} as const;
