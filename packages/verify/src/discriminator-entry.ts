/** The discriminator's record: each head's logits for given features, with and without a power iteration. */
import type { Engine, NdArray } from "@tadsr/core";
import { type Discriminator, type DiscriminatorConfig, discriminator } from "@tadsr/model";
import { firstLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import { toleranceOf } from "./rounding.ts";
import { absent, broken, compared, type Row } from "./row.ts";
import type { Loaded, Subject } from "./subject.ts";
import { imageOf, present, recordOf, type TensorFile } from "./tensor-file.ts";

/** A training pass does a power iteration first. */
const PASSES = ["eval", "train"] as const;
type Pass = (typeof PASSES)[number];

const passRows = async <T>(
  engine: Engine<T>,
  { uploaded, rounding }: Loaded<T>,
  network: Discriminator,
  io: TensorFile,
  pass: Pass,
): Promise<readonly Row[]> => {
  const heads = network.config.channels.map((_, k) => k);
  const inputs = present(io, [...heads.map((k) => `feature.${k}`), "t"]);
  if (E.isLeft(inputs)) return [absent("", `${pass}: logits`, inputs.left)];
  const { t, ...features } = inputs.right;
  const index = [...(t?.data ?? [])];
  let logits: readonly NdArray[];
  try {
    const given = engine.scope(() =>
      network
        .run(engine.algebra)(
          uploaded,
          pass === "train" ? network.powerIteration(engine.algebra)(uploaded, uploaded) : uploaded,
          {
            features: Object.values(features).map((feature) => engine.upload("image", imageOf(feature))),
            time: engine.upload("matrix", network.timeFeatures(index, index.length)),
          },
        )
        .map((head) => head.logits),
    );
    const downloaded: NdArray[] = [];
    for (const image of given) downloaded.push(await engine.download("image", image));
    engine.release(given);
    logits = downloaded;
  } catch (thrown) {
    return [broken("", `${pass}: logits`, firstLine(thrown))];
  }
  return logits.map((image, k) => {
    const name = `${pass}.logits.${k}`;
    const recorded = io.get(name);
    return recorded === undefined
      ? absent("", name, `${name} is not in the file`)
      : compared("", name, recordOf(image).data, recorded.data, toleranceOf(rounding));
  });
};

export const discriminatorSubject = (
  config: DiscriminatorConfig,
  recordedCount: number | undefined,
  io: TensorFile | null,
): Subject => {
  const network = discriminator(config);
  return {
    architecture: { kind: config.kind, config, assumed: [] },
    tensors: [...network.parameters, ...network.state],
    parameters: network.parameters,
    recordedCount,
    run: async (engine, loaded) => {
      if (io === null) return [];
      const rows: Row[] = [];
      for (const pass of PASSES) rows.push(...(await passRows(engine, loaded, network, io, pass)));
      return rows;
    },
  };
};
