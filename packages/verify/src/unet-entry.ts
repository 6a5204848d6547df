/** A UNet's recorded calls: y = network(x, t, lq). */

import type { Engine } from "@tadsr/core";
import {
  type Architecture,
  type ConditionedNetwork,
  type Lifetimes,
  lifetimesOf,
  releasingAlgebra,
  type SmallNetworkConfig,
  type SwinUNetConfig,
  smallNetwork,
  swinUNet,
} from "@tadsr/model";
import { firstLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import { callRows } from "./recorded-calls.ts";
import { toleranceOf } from "./rounding.ts";
import { absent, broken, compared, type Row } from "./row.ts";
import type { Loaded, Subject } from "./subject.ts";
import { imageOf, present, recordOf, type TensorFile } from "./tensor-file.ts";

export type UNetConfig = SwinUNetConfig | SmallNetworkConfig;

export const unetOf = (config: UNetConfig): ConditionedNetwork =>
  config.kind === "swin-unet" ? swinUNet(config) : smallNetwork(config);

const architectureOf = (config: UNetConfig): Architecture => {
  switch (config.kind) {
    case "swin-unet":
      return { kind: config.kind, config, assumed: [] };
    case "residual-unet":
      return { kind: config.kind, config, assumed: [] };
    case "stack":
      return { kind: config.kind, config, assumed: [] };
  }
};

const callRow = async <T>(
  engine: Engine<T>,
  { uploaded, rounding }: Loaded<T>,
  { network, lifetimes, isConditioned }: Runnable,
  io: TensorFile,
  call: number,
): Promise<Row> => {
  const check = `call ${call}`;
  const names = [`${call}.x`, `${call}.t`, `${call}.y`, ...(isConditioned ? [`${call}.lq`] : [])];
  const found = present(io, names);
  if (E.isLeft(found)) return absent("", check, found.left);
  const { [`${call}.x`]: x, [`${call}.t`]: t, [`${call}.y`]: y, [`${call}.lq`]: lq } = found.right;
  if (x === undefined || t === undefined || y === undefined) return absent("", check, "nothing is recorded");
  try {
    const image = imageOf(x);
    const batch = image.shape[0] ?? 1;
    const indices = [...t.data];
    const index = indices.length === batch ? indices : (indices[0] ?? 0);
    const result = engine.scope(() => {
      const input = engine.upload("image", image);
      const condition = lq === undefined ? input : engine.upload("image", imageOf(lq));
      const time = engine.upload("matrix", network.timeFeatures(index, batch));
      return network.run(releasingAlgebra(engine, lifetimes))(uploaded, { input, condition, time });
    });
    const computed = recordOf(await engine.download("image", result));
    engine.release([result]);
    return compared("", check, computed.data, y.data, toleranceOf(rounding));
  } catch (thrown) {
    return broken("", check, firstLine(thrown));
  }
};

interface Runnable {
  readonly network: ConditionedNetwork;
  readonly lifetimes: Lifetimes;
  readonly isConditioned: boolean;
}

/** `io` is null if nothing is recorded. Then only the file itself is checked. */
export const unetSubject = (
  config: UNetConfig,
  recordedCount: number | undefined,
  io: TensorFile | null,
): Subject => {
  const network = unetOf(config);
  const isConditioned = config.kind !== "swin-unet" || config.condition !== null;
  const runnable = { network, lifetimes: lifetimesOf(network), isConditioned };
  return {
    architecture: architectureOf(config),
    tensors: network.parameters,
    parameters: network.parameters,
    recordedCount,
    run: (engine, loaded) =>
      callRows(io, ["x", "t", "y"], (file, call) => callRow(engine, loaded, runnable, file, call)),
  };
};
