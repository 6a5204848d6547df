/** The small networks that this package trains, each with its schedule. */
import type { ScheduleConfig } from "@tadsr/core";
import type { SmallNetworkConfig } from "@tadsr/model";

export interface Family {
  readonly network: SmallNetworkConfig;
  readonly schedule: ScheduleConfig;
}

/** Four steps with moderate noise. */
export const SMALL_SCHEDULE: ScheduleConfig = {
  steps: 4,
  kappa: 1,
  minNoiseLevel: Math.sqrt(0.001),
  etasEnd: 0.99,
  power: 0.3,
};

/**
 * Four steps with little noise. A stack reads 48 channels of z_t and 3 of the picture, and noise as strong as the
 * signal would keep it from learning.
 */
export const STACK_SCHEDULE: ScheduleConfig = { ...SMALL_SCHEDULE, kappa: 0.1 };

const STACK = { kind: "stack", latentChannels: 48, timeFeatures: 64, timeChannels: 64 } as const;

/** 2 073 840 parameters, and 0.60 million products for each pixel of the small picture. */
const UNET: SmallNetworkConfig = {
  kind: "residual-unet",
  latentChannels: 48,
  channels: [64, 96, 128],
  blocks: [2, 2, 2],
  timeFeatures: 64,
  timeChannels: 128,
};

/** `small` needs 0.94 million products for each pixel of the small picture, and `tiny` 0.25 million. */
export const FAMILIES = {
  small: { network: { ...STACK, channels: 64, blocks: 12 }, schedule: STACK_SCHEDULE },
  tiny: { network: { ...STACK, channels: 48, blocks: 5 }, schedule: STACK_SCHEDULE },
  unet: { network: UNET, schedule: SMALL_SCHEDULE },
} as const satisfies Readonly<Record<string, Family>>;

export type FamilyName = keyof typeof FAMILIES;
