/** Colour under transparency, where a picture has none of its own. */
import type { Picture } from "@tadsr/model";

/** How far colour is carried, in pixels: past the reach of what interpolates at a cut-out's edge. */
const REACH = 8;

/** The places above, left, right and below of a place in a plane, where there are any. */
const neighbours = (place: number, width: number, size: number): readonly number[] => {
  const x = place % width;
  const around = [place - width, x > 0 ? place - 1 : -1, x < width - 1 ? place + 1 : -1, place + width];
  return around.filter((near) => near >= 0 && near < size);
};

/**
 * The picture with the colour of visible pixels carried into fully transparent ones, `REACH` pixels far. A picture
 * without transparent pixels is given back as it is.
 *
 * A cut-out's transparent pixels mostly hold black. Upscaled as they are, they would darken its edge, whose pixels
 * become partly visible.
 */
export const bleedColour = (picture: Picture): Picture => {
  const { width, alpha } = picture;
  if (alpha === undefined || !alpha.includes(0)) return picture;
  const rgb = picture.data.slice();
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
    // Only now, so that a round does not use its own results.
    for (const place of edge) hasColour[place] = 1;
    edge = [...new Set(edge.flatMap((place) => near(place).filter((other) => hasColour[other] === 0)))];
  }
  return { ...picture, data: rgb };
};
