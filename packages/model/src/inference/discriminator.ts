import type { DiscriminatorConfig } from "../networks/discriminator.ts";
import type { ShapeReader } from "./shape-reader.ts";

/** The published discriminator's sinusoidal features. */
const TIME_FEATURES = 160;

export interface DiscriminatorOverrides {
  /** How many times smaller each feature map is than the latent, per side. */
  readonly strides?: readonly number[];
  /** The number of time features, for a discriminator without the time: nothing in its file tells this number. */
  readonly timeFeatures?: number;
}

/** The shapes do not tell the feature maps' sizes: unless `strides` are given, all heads weigh alike. */
export const inferDiscriminator = (
  { axis, count, has }: ShapeReader,
  { strides, timeFeatures }: DiscriminatorOverrides,
): { readonly config: DiscriminatorConfig; readonly assumed: readonly string[] } => {
  const heads = count((head) => `heads.${head}.cls.weight_orig`);
  const timeAware = has("emb_layers.0.1.weight");
  return {
    config: {
      kind: "discriminator",
      channels: Array.from({ length: heads }, (_, head) => axis(`heads.${head}.cls.weight_orig`, 1)),
      ...(strides === undefined ? {} : { strides }),
      timeFeatures: timeAware ? axis("emb_layers.0.1.weight", 1) : (timeFeatures ?? TIME_FEATURES),
      outputs: axis("heads.0.cls.weight_orig", 0),
      timeAware,
    },
    assumed: [
      ...(strides === undefined ? ["strides"] : []),
      ...(timeAware || timeFeatures !== undefined ? [] : ["timeFeatures"]),
    ],
  };
};
