import type { ResidualUNetConfig } from "../networks/residual-unet.ts";
import type { ShapeReader } from "./shape-reader.ts";

/** Its shapes determine it completely. */
export const inferResidualUNet = ({ axis, count }: ShapeReader): ResidualUNetConfig => {
  const shrinkings = count((level) => `shrink.${level}.weight`);
  const channels = [
    axis("input.weight", 0),
    ...Array.from({ length: shrinkings }, (_, level) => axis(`shrink.${level}.weight`, 0)),
  ];
  return {
    kind: "residual-unet",
    latentChannels: axis("output.weight", 0),
    channels,
    blocks: channels.map((_, level) => count((block) => `down.${level}.${block}.conv1.weight`)),
    timeFeatures: axis("time.0.weight", 1),
    timeChannels: axis("time.0.weight", 0),
  };
};
