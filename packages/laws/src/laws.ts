/** All laws. */
import type { Law } from "./law.ts";
import { agreementLaws } from "./laws/agreement.ts";
import { attentionLaws } from "./laws/attention.ts";
import { codebookLaws } from "./laws/codebook.ts";
import { convolutionLaws } from "./laws/convolution.ts";
import { engineLaws } from "./laws/engine.ts";
import { functionLaws } from "./laws/functions.ts";
import { gradientLaws } from "./laws/gradients.ts";
import { imageLaws } from "./laws/images.ts";
import { joiningLaws } from "./laws/joining.ts";
import { linearLaws } from "./laws/linear.ts";
import { normalisationLaws } from "./laws/normalisation.ts";
import { sequenceLaws } from "./laws/sequences.ts";
import { vectorSpaceLaws } from "./laws/vector-space.ts";
import { windowLaws } from "./laws/windows.ts";

export {
  agreementLaws,
  attentionLaws,
  codebookLaws,
  convolutionLaws,
  engineLaws,
  functionLaws,
  gradientLaws,
  imageLaws,
  linearLaws,
  normalisationLaws,
  sequenceLaws,
  vectorSpaceLaws,
  windowLaws,
};

/** Every law, in the order in which to repair a new backend. */
export const laws: readonly Law[] = [
  ...engineLaws,
  ...joiningLaws,
  ...vectorSpaceLaws,
  ...functionLaws,
  ...convolutionLaws,
  ...linearLaws,
  ...imageLaws,
  ...normalisationLaws,
  ...attentionLaws,
  ...windowLaws,
  ...codebookLaws,
  ...sequenceLaws,
  ...agreementLaws,
  ...gradientLaws,
];
