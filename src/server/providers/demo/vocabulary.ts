/** What words mean to the demo painter. Words are lower case and without a plural s; see `reading.ts`. */

export const SCENES = [
  'ocean',
  'mountains',
  'dunes',
  'forest',
  'space',
  'aurora',
  'city',
  'garden',
  'fire',
  'creature',
  'portrait',
  'geometry',
  'contours',
  'marble',
] as const;
export type SceneName = (typeof SCENES)[number];

export const SCENE_WORDS: Record<SceneName, string> = {
  ocean:
    'ocean sea beach wave surf coast shore shoreline island sail sailboat boat ship lighthouse lagoon tide harbor harbour bay water horizon ' +
    'underwater mer oceano océano mar meer strand plage playa 海 浜 波',
  mountains:
    'mountain mountains peak alp alpine summit ridge valley hill cliff glacier everest fuji himalaya lake highland canyon landscape ' +
    'montagne montaña berg berge 山 湖',
  dunes:
    'desert dune dunes sand sahara oasi oasis camel arid mesa mar mirage gobi savanna desierto wüste 沙漠 砂漠',
  forest:
    'forest wood woods woodland tree pine fir conifer jungle redwood bamboo grove trail fern moss birch taiga cabin autumn ' +
    'forêt bosque wald 森 林',
  space:
    'space galaxy galaxies nebula star stars starry cosmos cosmic planet universe milky astronaut orbit saturn jupiter comet ' +
    'constellation supernova rocket moon lunar eclipse spaceship alien ciel étoile estrella stern sterne 星 宇宙',
  aurora: 'aurora borealis polaris northern polarlicht boreal arctic antarctic',
  city:
    'city skyline skyscraper downtown urban metropolis street building tower manhattan tokyo york london paris hongkong cyberpunk ' +
    'rooftop bridge traffic neon town ville ciudad stadt 城市 街 都市',
  garden:
    'flower garden floral blossom bloom petal rose tulip lotus lily daisy peony sunflower meadow bouquet orchid poppy lavender dahlia ' +
    'spring fleur flor jardin jardín blume garten 花 桜',
  fire: 'fire flame lava volcano ember magma inferno bonfire campfire dragon phoenix burning eruption candle feu fuego feuer 火',
  creature:
    'cat kitten dog puppy fox wolf bird owl horse deer rabbit bear lion tiger fish whale dolphin butterfly elephant animal pet swan ' +
    'crane raven eagle chat perro gato chien katze hund 猫 犬 鳥',
  portrait:
    'portrait face woman man girl boy person people human head queen king selfie mask lady child dancer visage retrato 人',
  geometry:
    'geometry geometric bauhaus circle square triangle shape grid cube constructivist suprematist mondrian kandinsky deco poster logo ' +
    'pattern modernist architecture',
  contours: 'contour topographic topography map cartography line terrain elevation wireframe',
  marble:
    'marble fluid liquid abstract swirl smoke ink paint silk dream dreamy flow oil agate geode psychedelic texture wallpaper',
};

export const MOODS = ['sunset', 'dawn', 'day', 'dusk', 'night', 'storm', 'mist', 'gold', 'winter'] as const;
export type MoodName = (typeof MOODS)[number];

export const MOOD_WORDS: Record<MoodName, string> = {
  sunset: 'sunset evening coucher atardecer sonnenuntergang 夕焼け 夕日 日落',
  dawn: 'dawn sunrise morning daybreak pastel aube amanecer morgen 朝',
  day: 'day noon midday sunny summer bright clear tropical turquoise',
  dusk: 'dusk twilight blue-hour gloaming synthwave vaporwave',
  night: 'night midnight moonlit moonlight nocturnal dark noche nuit nacht 夜',
  storm:
    'storm stormy thunder thunderstorm lightning tempest rain rainy hurricane moody drizzle overcast lluvia pluie regen 雨',
  mist: 'mist misty fog foggy haze hazy quiet serene calm zen silence',
  gold: 'golden gold warm amber honey autumn autumnal fall harvest wheat',
  winter:
    'winter snow snowy ice icy frozen frost cold blizzard christma christmas hiver invierno schnee nieve 雪 冬',
};

export const WEATHER_WORDS = {
  rain: 'rain rainy drizzle storm downpour monsoon lluvia pluie regen 雨',
  snow: 'snow snowy blizzard snowfall snowflake christmas schnee nieve 雪',
} as const;
export type Weather = keyof typeof WEATHER_WORDS;

/** Hue in degrees and chroma of OKLCH; grey words have no chroma. */
export const COLOR_WORDS: Record<string, { hue: number; chroma: number }> = {
  red: { hue: 25, chroma: 0.2 },
  crimson: { hue: 18, chroma: 0.19 },
  scarlet: { hue: 28, chroma: 0.21 },
  orange: { hue: 55, chroma: 0.17 },
  coral: { hue: 35, chroma: 0.15 },
  amber: { hue: 72, chroma: 0.15 },
  gold: { hue: 85, chroma: 0.14 },
  golden: { hue: 85, chroma: 0.14 },
  yellow: { hue: 100, chroma: 0.16 },
  lime: { hue: 125, chroma: 0.18 },
  green: { hue: 148, chroma: 0.15 },
  emerald: { hue: 160, chroma: 0.14 },
  mint: { hue: 168, chroma: 0.1 },
  teal: { hue: 190, chroma: 0.11 },
  turquoise: { hue: 195, chroma: 0.12 },
  cyan: { hue: 205, chroma: 0.13 },
  azure: { hue: 240, chroma: 0.15 },
  blue: { hue: 255, chroma: 0.17 },
  navy: { hue: 262, chroma: 0.12 },
  indigo: { hue: 278, chroma: 0.17 },
  purple: { hue: 305, chroma: 0.18 },
  violet: { hue: 295, chroma: 0.18 },
  magenta: { hue: 335, chroma: 0.22 },
  pink: { hue: 355, chroma: 0.14 },
  rose: { hue: 5, chroma: 0.14 },
  white: { hue: 90, chroma: 0 },
  black: { hue: 270, chroma: 0 },
  grey: { hue: 250, chroma: 0 },
  gray: { hue: 250, chroma: 0 },
  silver: { hue: 250, chroma: 0.01 },
  brown: { hue: 58, chroma: 0.07 },
};

export const STYLES = [
  'photo',
  'watercolor',
  'oil',
  'ink',
  'noir',
  'neon',
  'pastel',
  'minimal',
  'pixel',
] as const;
export type StyleName = (typeof STYLES)[number];

export const STYLE_WORDS: Record<StyleName, string> = {
  photo: 'photo photograph photographic photorealistic realistic cinematic film none',
  watercolor: 'watercolor watercolour aquarelle gouache wash',
  oil: 'oil painting painterly impressionist impressionism monet gogh brushstroke impasto acrylic',
  ink: 'ink sketch drawing pencil etching engraving woodcut lineart sumi charcoal',
  noir: 'noir monochrome monochromatic black-and-white grayscale greyscale',
  neon: 'neon cyberpunk synthwave vaporwave glow glowing retrowave',
  pastel: 'pastel soft dreamy kawaii',
  minimal: 'minimal minimalist minimalism flat simple',
  pixel: 'pixel pixelart 8-bit 8bit 16-bit voxel retro',
};
