/** The recorded calls of a network from pictures to pictures: y = network(x). */

import type { Engine } from "@tadsr/core";
import { type PictureNetwork, type PictureNetworkConfig, pictureNetwork } from "@tadsr/model";
import { firstLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import { callRows } from "./recorded-calls.ts";
import { toleranceOf } from "./rounding.ts";
import { absent, broken, compared, type Row } from "./row.ts";
import type { Loaded, Subject } from "./subject.ts";
import { imageOf, present, recordOf, type TensorFile } from "./tensor-file.ts";

const callRow = async <T>(
  engine: Engine<T>,
  { uploaded, rounding }: Loaded<T>,
  network: PictureNetwork,
  io: TensorFile,
  call: number,
): Promise<Row> => {
  const check = `call ${call}`;
  const names: readonly string[] = [`${call}.x`, `${call}.y`];
  const found = present(io, names);
  if (E.isLeft(found)) return absent("", check, found.left);
  const { [`${call}.x`]: x, [`${call}.y`]: y } = found.right;
  if (x === undefined || y === undefined) return absent("", check, "nothing is recorded");
  try {
    const result = engine.scope(() =>
      network.run(engine.algebra)(uploaded, engine.upload("image", imageOf(x))),
    );
    const computed = recordOf(await engine.download("image", result));
    engine.release([result]);
    return compared("", check, computed.data, y.data, toleranceOf(rounding));
  } catch (thrown) {
    return broken("", check, firstLine(thrown));
  }
};

/** `io` is null if nothing is recorded. Then only the file itself is checked. */
export const pictureSubject = (
  config: PictureNetworkConfig,
  recordedCount: number | undefined,
  io: TensorFile | null,
): Subject => {
  const network = pictureNetwork(config);
  return {
    architecture:
      config.kind === "srvgg"
        ? { kind: config.kind, config, assumed: [] }
        : { kind: config.kind, config, assumed: [] },
    tensors: network.parameters,
    parameters: network.parameters,
    recordedCount,
    run: (engine, loaded) =>
      callRows(io, ["x", "y"], (file, call) => callRow(engine, loaded, network, file, call)),
  };
};
