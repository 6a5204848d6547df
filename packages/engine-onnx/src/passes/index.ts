/** The simplifications of terms, in the order in which they are tried. */
import { dropGradientStops } from "./drop-gradient-stops.ts";
import { dropZeroConvolutions } from "./drop-zero-convolutions.ts";
import { foldConstants } from "./fold-constants.ts";
import { fuseModulation } from "./fuse-modulation.ts";
import type { Rule } from "./pass.ts";
import { sliceParts } from "./slice-parts.ts";
import { sliceWeights } from "./slice-weights.ts";

export { type Rule, simplify } from "./pass.ts";
export { dropGradientStops, dropZeroConvolutions, foldConstants, fuseModulation, sliceParts };

export const rules: readonly Rule[] = [
  dropGradientStops,
  foldConstants,
  dropZeroConvolutions,
  fuseModulation,
  sliceParts,
  sliceWeights,
];
