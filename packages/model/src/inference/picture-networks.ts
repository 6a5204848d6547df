/** Real-ESRGAN's networks: their shapes determine them completely. */
import type { RrdbConfig } from "../networks/rrdb.ts";
import type { SrvggConfig } from "../networks/srvgg.ts";
import type { ShapeReader } from "./shape-reader.ts";

/** Its last convolution has 3 factor^2 outputs. */
export const inferSrvgg = ({ axis, count }: ShapeReader): SrvggConfig => {
  const all = count((place) => `body.${2 * place}.weight`);
  return {
    kind: "srvgg",
    channels: axis("body.0.weight", 0),
    convolutions: all - 2,
    factor: Math.sqrt(axis(`body.${2 * (all - 1)}.weight`, 0) / 3),
  };
};

/** Its first convolution has 48 / factor^2 inputs. */
export const inferRrdb = ({ axis, count }: ShapeReader): RrdbConfig => ({
  kind: "rrdb",
  channels: axis("conv_first.weight", 0),
  growth: axis("body.0.rdb1.conv1.weight", 0),
  blocks: count((block) => `body.${block}.rdb1.conv1.weight`),
  factor: Math.sqrt(48 / axis("conv_first.weight", 1)),
});
