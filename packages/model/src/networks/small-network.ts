/** The networks of the small family. They work on the lossless latent, at the size of the low-resolution picture. */
import type { ConditionedNetwork } from "./network.ts";
import { type ResidualUNetConfig, residualUNet } from "./residual-unet.ts";
import { type StackConfig, stack } from "./stack.ts";

export type SmallNetworkConfig = ResidualUNetConfig | StackConfig;

/** The network that a configuration describes. */
export const smallNetwork = (config: SmallNetworkConfig): ConditionedNetwork =>
  config.kind === "stack" ? stack(config) : residualUNet(config);
