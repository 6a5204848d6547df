/** The alpha of a larger picture. No network has learned it, so it is interpolated. */
import type { Picture } from "@tadsr/model";

/** Pixels on each side of a place that its value depends on (Lanczos-3). */
const REACH = 3;
const TAPS = 2 * REACH;

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/**
 * The weights of the six pixels around each of the `factor` places within a pixel, and how many pixels before its own
 * the first of them is. They add up to 1. With a whole factor they are the same in every pixel.
 */
const phasesOf = (factor: number): readonly { readonly first: number; readonly weights: Float64Array }[] =>
  Array.from({ length: factor }, (_, phase) => {
    const centre = (phase + 0.5) / factor - 0.5;
    const first = Math.floor(centre) - REACH + 1;
    const raw = Float64Array.from({ length: TAPS }, (_, k) => {
      const x = centre - (first + k);
      return Math.abs(x) < REACH ? sinc(x) * sinc(x / REACH) : 0;
    });
    const sum = raw.reduce((total, weight) => total + weight, 0);
    return { first, weights: raw.map((weight) => weight / sum) };
  });

const within = (place: number, size: number): number => Math.min(size - 1, Math.max(0, place));

/**
 * Alpha [height factor, width factor] of alpha [height, width], by Lanczos-3 with half-pixel centres and repeated edge
 * pixels. It is sharper than bicubic at the edge of a cut-out. Lanczos (1979); Turkowski, Graphics Gems (1990).
 */
export const upscaleAlpha = (
  alpha: Uint8Array,
  { width, height }: Pick<Picture, "width" | "height">,
  factor: number,
): Uint8Array => {
  const wide = width * factor;
  const result = new Uint8Array(wide * height * factor);
  const value = alpha[0] ?? 0;
  if (alpha.every((other) => other === value)) return result.fill(value);
  const phases = phasesOf(factor);
  /** A row between the picture's rows, with its first and last pixel repeated at both ends. */
  const row = new Float64Array(width + 2 * TAPS);
  for (let y = 0; y < height * factor; y++) {
    const { first, weights } = phases[y % factor] as (typeof phases)[number];
    const top = Math.floor(y / factor) + first;
    row.fill(0);
    for (let k = 0; k < TAPS; k++) {
      const from = within(top + k, height) * width;
      const weight = weights[k] as number;
      for (let x = 0; x < width; x++)
        row[TAPS + x] = (row[TAPS + x] as number) + weight * (alpha[from + x] as number);
    }
    row.fill(row[TAPS] as number, 0, TAPS).fill(row[TAPS + width - 1] as number, TAPS + width);
    for (const [phase, { first, weights }] of phases.entries())
      for (let x = 0; x < width; x++) {
        const at = TAPS + x + first;
        let sum = 0;
        for (let k = 0; k < TAPS; k++) sum += (weights[k] as number) * (row[at + k] as number);
        result[y * wide + x * factor + phase] = Math.min(255, Math.max(0, Math.round(sum)));
      }
  }
  return result;
};
