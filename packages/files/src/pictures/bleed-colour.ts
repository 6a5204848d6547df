/** Colour under transparency, where a picture has none of its own. */
import type { PictureWithAlpha } from "./decode-picture.ts";

/** How far colour is carried, in pixels: past the reach of what interpolates at a cut-out's edge. */
const REACH = 8;

/** The places above, left, right and below of a place in a plane, where there are any. */
const neighbours = (place: number, width: number, size: number): readonly number[] => {
  const x = place % width;
  const around = [place - width, x > 0 ? place - 1 : -1, x < width - 1 ? place + 1 : -1, place + width];
  return around.filter((near) => near >= 0 && near < size);
};

/**
 * Carries the colour of visible pixels into fully transparent ones, in place, `REACH` pixels far.
 *
 * A cut-out's transparent pixels mostly hold black. Enlarged as they are, they would darken its edge,
 * whose pixels become partly visible. What was invisible stays invisible.
 */
export const bleedColour = ({ width, data: rgb, alpha }: PictureWithAlpha): void => {
  if (alpha === null || !alpha.includes(0)) return;
  const size = alpha.length;
  const hasColour = Uint8Array.from(alpha, (value) => (value === 0 ? 0 : 1));
  const near = (place: number): readonly number[] => neighbours(place, width, size);
  // Transparent pixels beside coloured ones: found by looking at all once, then by going on from the last.
  let edge: number[] = [];
  for (let place = 0; place < size; place++) {
    if (hasColour[place] === 0 && near(place).some((other) => hasColour[other] === 1)) edge.push(place);
  }
  for (let round = 0; round < REACH && edge.length > 0; round++) {
    for (const place of edge) {
      const from = near(place).filter((other) => hasColour[other] === 1);
      for (let c = 0; c < 3; c++) {
        const sum = from.reduce((total, other) => total + (rgb[3 * other + c] ?? 0), 0);
        rgb[3 * place + c] = Math.round(sum / from.length);
      }
    }
    // Only now, so that a round does not feed on itself.
    for (const place of edge) hasColour[place] = 1;
    edge = [...new Set(edge.flatMap((place) => near(place).filter((other) => hasColour[other] === 0)))];
  }
};
