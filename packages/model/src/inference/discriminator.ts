import type { DiscriminatorConfig } from "../networks/discriminator.ts";
import type { ShapeReader } from "./shape-reader.ts";

/** The published discriminator's sinusoidal features. */
const TIME_FEATURES = 160;

export interface DiscriminatorOverrides {
  /** How much smaller each feature map is than the latent, a side. */
  readonly strides?: readonly number[];
  /** Where it is not told the time, nothing in the file says how many features it would be told it by. */
  readonly timeFeatures?: number;
}

/** The feature maps' sizes are not in its own shapes: all are taken to weigh alike unless `strides` are given. */
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
