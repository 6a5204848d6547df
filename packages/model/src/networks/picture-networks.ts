/** The networks from pictures to pictures, by their configurations. */
import type { Layer } from "../layers.ts";
import type { PictureNetwork } from "./picture-network.ts";
import { type RrdbConfig, rrdb } from "./rrdb.ts";
import { type SrvggConfig, srvgg } from "./srvgg.ts";

export type PictureNetworkConfig = SrvggConfig | RrdbConfig;

export const pictureNetwork = (config: PictureNetworkConfig): PictureNetwork =>
  config.kind === "srvgg" ? srvgg(config) : rrdb(config);

/** The network as a layer, for functions that take one. */
export const asLayer = ({ parameters, run }: PictureNetwork): Layer => ({
  parameters,
  run: (algebra, weights, input) => run(algebra)(weights, input),
});
