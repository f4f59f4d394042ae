/** Colours are linear-light sRGB; mixing happens in OKLab, where halfway looks like halfway. */
export type Rgb = readonly [red: number, green: number, blue: number];

const toLinear = (channel: number) =>
  channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;

/** From `#rrggbb`. */
export function fromHex(hex: string): Rgb {
  const bits = Number.parseInt(hex.slice(1), 16);
  return [toLinear((bits >> 16) / 255), toLinear(((bits >> 8) & 255) / 255), toLinear((bits & 255) / 255)];
}

/** Lightness 0 to 1, then the two opponent axes. */
type Oklab = readonly [lightness: number, greenRed: number, blueYellow: number];

/** Matrices from Bjorn Ottosson, "A perceptual color space for image processing". */
export function toOklab([r, g, b]: Rgb): Oklab {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

export function fromOklab([lightness, a, b]: Oklab): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    Math.max(0, 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    Math.max(0, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    Math.max(0, -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Lightness 0 to 1, chroma 0 to about 0.3, hue in degrees. */
export function fromOklch(lightness: number, chroma: number, hue: number): Rgb {
  const angle = (hue * Math.PI) / 180;
  return fromOklab([lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)]);
}

export function toOklch(color: Rgb): { lightness: number; chroma: number; hue: number } {
  const [lightness, a, b] = toOklab(color);
  return { lightness, chroma: Math.hypot(a, b), hue: (Math.atan2(b, a) * 180) / Math.PI };
}

export function mix(from: Rgb, to: Rgb, amount: number): Rgb {
  const [l1, a1, b1] = toOklab(from);
  const [l2, a2, b2] = toOklab(to);
  return fromOklab([l1 + (l2 - l1) * amount, a1 + (a2 - a1) * amount, b1 + (b2 - b1) * amount]);
}

export const scale = ([r, g, b]: Rgb, by: number): Rgb => [r * by, g * by, b * by];

/** Lightness times `by`, hue and chroma proportionate. */
export function shade(color: Rgb, by: number): Rgb {
  const [lightness, a, b] = toOklab(color);
  return fromOklab([lightness * by, a * Math.sqrt(by), b * Math.sqrt(by)]);
}

export const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** A gradient as a table of RGB triples, so that a pixel costs one look-up. */
export type Ramp = { table: Float32Array; last: number };

/** Evenly spaced stops, smooth at each: a plain polyline of colours shows its corners as bands. */
export function makeRamp(colors: readonly Rgb[], size = 1024): Ramp {
  const labs = colors.map(toOklab);
  const table = new Float32Array(size * 3);
  for (let i = 0; i < size; i += 1) {
    const place = (i / (size - 1)) * (labs.length - 1);
    const at = Math.min(Math.floor(place), labs.length - 2);
    table.set(fromOklab(catmullRom(labs, at, place - at)), i * 3);
  }
  return { table, last: size - 1 };
}

function catmullRom(points: readonly Oklab[], at: number, t: number): Oklab {
  const clampAt = (i: number) => points[Math.max(0, Math.min(points.length - 1, i))] ?? [0, 0, 0];
  const [p0, p1, p2, p3] = [clampAt(at - 1), clampAt(at), clampAt(at + 1), clampAt(at + 2)];
  const along = (i: 0 | 1 | 2) => {
    const bend = (p3[i] - p0[i] + 3 * (p1[i] - p2[i])) * t + (2 * p0[i] - 5 * p1[i] + 4 * p2[i] - p3[i]);
    return p1[i] + 0.5 * t * (p2[i] - p0[i] + t * bend);
  };
  return [Math.max(0, along(0)), along(1), along(2)];
}

export function rampAt({ table, last }: Ramp, place: number): Rgb {
  const i = 3 * Math.round(Math.max(0, Math.min(1, place)) * last);
  return [table[i] ?? 0, table[i + 1] ?? 0, table[i + 2] ?? 0];
}
