import type { StackConfig } from "../networks/stack.ts";
import type { ShapeReader } from "./shape-reader.ts";

/** Its shapes determine it completely. */
export const inferStack = ({ axis, count }: ShapeReader): StackConfig => ({
  kind: "stack",
  latentChannels: axis("output.weight", 0),
  channels: axis("input.picture.weight", 0),
  blocks: count((block) => `blocks.${block}.conv1.weight`),
  timeFeatures: axis("time.0.weight", 1),
  timeChannels: axis("time.0.weight", 0),
});
