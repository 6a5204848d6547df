/** A VQ autoencoder's record: runs each of its parts on the recorded input of that part. */
import type { Engine, NdArray, ReferenceTensor } from "@tadsr/core";
import {
  type Layer,
  lifetimesOfLayer,
  releasingAlgebra,
  type VqAutoencoderConfig,
  vqAutoencoder,
} from "@tadsr/model";
import { firstLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import { type Rounding, toleranceOf } from "./rounding.ts";
import { absent, broken, compared, noted, type Row } from "./row.ts";
import type { Loaded, Subject } from "./subject.ts";
import { imageOf, present, recordOf, type TensorFile } from "./tensor-file.ts";

type Numbers = ArrayLike<number>;

/** Squared distances are differences of numbers of size |z|^2, of which float32 has six digits. */
const CHOICE_TOLERANCE = 1e-6;
const CHOICE = "quantise: indices";
const CODEBOOK = "quantize.embedding.weight";

/** Squared length of a row of `channels` numbers, and its squared distance to another row. */
const squares = (a: Numbers, i: number, b: Numbers | null, k: number, channels: number): number => {
  let sum = 0;
  for (let c = 0; c < channels; c++)
    sum +=
      ((a[i * channels + c] ?? Number.NaN) - (b === null ? 0 : (b[k * channels + c] ?? Number.NaN))) ** 2;
  return sum;
};

/**
 * If the chosen entry of the codebook differs from the recorded one, both must be equally near as far as float32 (or
 * the codebook's rounding) can tell. The error is the difference of squared distances, relative to |z|^2 + |e|^2.
 */
const choiceRow = (
  z: ReferenceTensor,
  codebook: NdArray,
  chosen: Numbers,
  recorded: Numbers,
  rounding: Rounding | null,
): Row => {
  const check = CHOICE;
  const channels = z.shape[3] ?? 1;
  // A rounded codebook changes each distance by at most one unit of its size.
  const tolerance = rounding === null ? CHOICE_TOLERANCE : 2 * rounding.unit;
  if (chosen.length !== recorded.length) return compared("", check, chosen, recorded, tolerance);
  let [error, others] = [0, 0];
  for (let pixel = 0; pixel < recorded.length; pixel++) {
    const [own, theirs] = [chosen[pixel] ?? Number.NaN, recorded[pixel] ?? Number.NaN];
    if (own === theirs) continue;
    others++;
    const distance = (k: number): number => squares(z.data, pixel, codebook.data, k, channels);
    const size = squares(z.data, pixel, null, 0, channels) + squares(codebook.data, own, null, 0, channels);
    const relative = Math.abs(distance(own) - distance(theirs)) / size;
    error = relative >= 0 ? Math.max(error, relative) : Number.POSITIVE_INFINITY;
  }
  const verdict = error <= tolerance ? "ok" : "mismatch";
  const note = others === 0 ? "" : `${others} of ${recorded.length} differ, by this much in squared distance`;
  return { entry: "", check, verdict, error, tolerance, note };
};

/** Runs one part on one recorded input. */
interface Part {
  readonly check: string;
  readonly from: string;
  readonly to: string;
  readonly layer: Layer;
}

/** Gives only "name is not in the file", "cannot be run", or the comparison. */
const partRow = async <T>(
  engine: Engine<T>,
  { uploaded, rounding }: Loaded<T>,
  io: TensorFile,
  { check, from, to, layer }: Part,
): Promise<Row> => {
  const found = present(io, [from, to]);
  if (E.isLeft(found)) return absent("", check, found.left);
  const { [from]: given, [to]: recorded } = found.right;
  if (given === undefined || recorded === undefined) return absent("", check, "nothing is recorded");
  try {
    const lifetimes = lifetimesOfLayer(layer);
    const result = engine.scope(() =>
      layer.run(releasingAlgebra(engine, lifetimes), uploaded, engine.upload("image", imageOf(given))),
    );
    const computed = recordOf(await engine.download("image", result));
    engine.release([result]);
    return compared("", check, computed.data, recorded.data, toleranceOf(rounding));
  } catch (thrown) {
    return broken("", check, firstLine(thrown));
  }
};

/** [n, h, w, 1] from the recorded indices, which are in a row. */
const indexImage = (z: ReferenceTensor, indices: ReferenceTensor): ReferenceTensor => {
  const [n = 0, h = 0, w = 0] = z.shape;
  if (indices.data.length !== n * h * w)
    throw new Error(`found ${indices.data.length} indices, expected one for each of ${n * h * w} pixels`);
  return { shape: [n, h, w, 1], data: indices.data };
};

export const autoencoderSubject = (
  config: VqAutoencoderConfig,
  recordedCount: number | undefined,
  io: TensorFile | null,
): Subject => {
  const { encoder, quantiser, decoder, parameters } = vqAutoencoder(config);

  /** Checks the choice of entries, and the entries themselves for the recorded choice. */
  const quantiserRows = async <T>(
    engine: Engine<T>,
    { uploaded, weights, rounding }: Loaded<T>,
    file: TensorFile,
  ): Promise<readonly Row[]> => {
    const found = present(file, ["z", "indices", "quant"]);
    if (E.isLeft(found)) return [absent("", "quantise", found.left)];
    const codebook = weights[CODEBOOK];
    if (codebook === undefined) return [broken("", "quantise", `${CODEBOOK} is not there`)];
    try {
      const z = imageOf(found.right.z);
      const recorded = indexImage(z, found.right.indices);
      const outside = recorded.data.find((index) => !(index >= 0 && index < config.codebookSize));
      if (outside !== undefined)
        return [
          broken("", CHOICE, `${outside} is recorded, but the codebook has ${config.codebookSize} entries`),
        ];
      const [chosen, entries] = engine.scope((): readonly [T, T] => [
        quantiser.indices(engine.algebra, uploaded, engine.upload("image", z)),
        quantiser.entries(engine.algebra, uploaded, engine.upload("image", recorded)),
      ]);
      const choice = await engine.download("image", chosen);
      const quant = recordOf(await engine.download("image", entries));
      engine.release([chosen, entries]);
      return [
        choiceRow(z, codebook, choice.data, recorded.data, rounding),
        compared("", "quantise: quant", quant.data, found.right.quant.data, toleranceOf(rounding)),
      ];
    } catch (thrown) {
      return [broken("", "quantise", firstLine(thrown))];
    }
  };

  const decode: Layer = {
    parameters,
    run: (algebra, tensors, z) => decoder.run(algebra, tensors, quantiser.run(algebra, tensors, z)),
  };

  return {
    architecture: { kind: config.kind, config, assumed: [] },
    tensors: parameters,
    parameters,
    recordedCount,
    run: async (engine, loaded) => {
      if (io === null) return [];
      const quantised = await quantiserRows(engine, loaded, io);
      // If a tie made another entry the choice, the picture differs there. Then decode the recorded choice instead.
      const isTied = (quantised.find(({ check }) => check === CHOICE)?.note ?? "") !== "";
      const decoded = isTied
        ? { check: "decode: decoded", from: "quant", to: "decoded", layer: decoder }
        : { check: "decode: decoded", from: "z", to: "decoded", layer: decode };
      const ofDecoded = await partRow(engine, loaded, io, decoded);
      return [
        await partRow(engine, loaded, io, { check: "encode: z", from: "image", to: "z", layer: encoder }),
        ...quantised,
        isTied ? noted(ofDecoded, "from the recorded quant, because of the ties") : ofDecoded,
        await partRow(engine, loaded, io, {
          check: "decode: decoded_unquantized",
          from: "z",
          to: "decoded_unquantized",
          layer: decoder,
        }),
      ];
    },
  };
};
