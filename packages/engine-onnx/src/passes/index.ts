/** The simplifications of terms, in the order in which they are tried. */
import { dropGradientStops } from "./drop-gradient-stops.ts";
import { foldConstants } from "./fold-constants.ts";
import { fuseModulation } from "./fuse-modulation.ts";
import type { Rule } from "./pass.ts";
import { sliceWeights } from "./slice-weights.ts";

export { type Rule, simplify } from "./pass.ts";
export { dropGradientStops, foldConstants, fuseModulation, sliceWeights };

export const rules: readonly Rule[] = [dropGradientStops, foldConstants, fuseModulation, sliceWeights];
