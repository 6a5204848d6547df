/** The simplifications of terms, in the order in which they are tried. */
import { dropGradientStops } from "./drop-gradient-stops.ts";
import { foldConstants } from "./fold-constants.ts";
import { fuseModulation } from "./fuse-modulation.ts";
import type { Rule } from "./pass.ts";

export { type Rule, simplify } from "./pass.ts";
export { dropGradientStops, foldConstants, fuseModulation };

export const rules: readonly Rule[] = [dropGradientStops, foldConstants, fuseModulation];
