/**
 * How many nodes of each operator the graphs for ONNX Runtime have: a reviewed snapshot, so that a graph that grew by
 * accident is noticed. After an intended change, check the differences and write the snapshot again:
 *
 *   npx vitest run test/onnx-node-counts.test.ts -u
 */
import { type Algebra, elements, type TensorKind, type Tensors, type Use } from "@tadsr/core";
import {
  type Dialect,
  type Given,
  given,
  lower,
  nodeCounts,
  rules,
  simplify,
  type Term,
  termAlgebra,
} from "@tadsr/engine-onnx";
import { findModel, loadDescription } from "@tadsr/files";
import {
  asLayer,
  COLOURS,
  type ConditionedNetwork,
  conditionOf,
  type Layer,
  networkOf,
  type ParameterSpec,
  type PublishedPictureName,
  pictureNetwork,
  publishedModels,
  publishedPictureNetworks,
  type SwinUNetConfig,
  smallNetwork,
  swinUNet,
  type VqAutoencoderConfig,
  vqAutoencoder,
} from "@tadsr/model";
import { fastestDialect } from "@tadsr/runtime-node";
import { FAMILIES } from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";

/** As `onnx` writes graphs on a CPU, and for every other tool. */
const dialects: Readonly<Record<string, Dialect>> = {
  "as onnx computes it": fastestDialect,
  "in plain ONNX": { ...fastestDialect, winograd: "never" },
};

/** Not zero, and so small that biases, which differ, still differ after they are summed. */
const SMALL = 2 ** -20;

let stored = new Float32Array(2 ** 16).fill(SMALL);

/** An array of a kind; its numbers do not matter. Arrays share memory if they can. */
const blank = (use: Use, kind: TensorKind, shape: readonly number[], mark = 0): Given => {
  const count = elements(shape);
  // Equal small constants would become one in a graph. Those of a real network are not equal.
  if (count <= 4096) return given(kind, { shape, data: new Float32Array(count).fill(mark) }, use);
  if (stored.length < count) stored = new Float32Array(count).fill(SMALL);
  return given(kind, { shape, data: stored.subarray(0, count) }, use);
};

const weightsOf = (parameters: readonly ParameterSpec[]): Tensors<Term> =>
  Object.fromEntries(
    parameters.map(({ name, kind, shape }, i) => [name, blank("constant", kind, shape, 1 + i / 1024)]),
  );

interface Program {
  readonly title: string;
  readonly terms: () => Term;
}

type Compute = (algebra: Algebra<Term>, weights: Tensors<Term>) => Term;

const program = (title: string, parameters: readonly ParameterSpec[], compute: Compute): Program => ({
  title,
  terms: () => compute(termAlgebra, weightsOf(parameters)),
});

const SIDE = 64;

/**
 * One prediction at latents of 64 x 64, with the time fixed or as an input; the condition is `times` as large per side.
 */
const prediction = (
  title: string,
  network: ConditionedNetwork,
  time: Use,
  condition: { readonly channels: number; readonly side: number },
): Program =>
  program(title, network.parameters, (algebra, weights) => {
    const { shape, data } = network.timeFeatures(0, 1);
    return network.run(algebra)(weights, {
      input: blank("data", "image", [1, SIDE, SIDE, network.latentChannels]),
      condition: blank("data", "image", [1, condition.side, condition.side, condition.channels]),
      time: given("matrix", { shape, data }, time),
    });
  });

const small = async (title: string, name: string, time: Use): Promise<Program> => {
  const folder = await findModel(name)();
  if (E.isLeft(folder)) throw new Error(folder.left.message);
  const description = await loadDescription(folder.right)();
  if (E.isLeft(description)) throw new Error(description.left.message);
  const network = networkOf(description.right);
  return prediction(title, network, time, { channels: network.latentChannels, side: SIDE });
};

/**
 * A stack with its inputs concatenated, as in upscaling. Every convolution includes the activation or the sum after it,
 * and nothing is copied. Without noise, the weights by which z_t enters are zero.
 */
const stacked = (title: string, family: "small" | "tiny", time: Use, isNoisy: boolean): Program => {
  const network = smallNetwork(FAMILIES[family].network);
  return program(title, network.parameters, (algebra, weights) => {
    const { shape, data } = network.timeFeatures(0, 1);
    const image = (channels: number): Term => blank("data", "image", [1, SIDE, SIDE, channels]);
    const silent = network.parameters
      .filter(({ name }) => name.startsWith(network.entrance as string))
      .map(({ name, kind, shape }): [string, Term] => [
        name,
        given(kind, { shape, data: new Float32Array(elements(shape)) }, "constant"),
      ]);
    return network.run(algebra)(isNoisy ? weights : { ...weights, ...Object.fromEntries(silent) }, {
      input: image(network.latentChannels),
      condition: conditionOf(algebra, network, image(network.latentChannels), () => image(COLOURS)),
      time: given("matrix", { shape, data }, time),
    });
  });
};

const unet = (title: string, config: SwinUNetConfig, time: Use): Program => {
  const { condition } = config;
  if (condition === null) throw new Error(`${title} has no condition`);
  return prediction(title, swinUNet(config), time, { channels: condition.channels, side: condition.size });
};

const layer = (title: string, { parameters, run }: Layer, side: number, channels: number): Program =>
  program(title, parameters, (algebra, weights) =>
    run(algebra, weights, blank("data", "image", [1, side, side, channels])),
  );

/** The encoder on the picture of a latent of 64 x 64, and the decoder on the latent. */
const autoencoder = (name: string, config: VqAutoencoderConfig): readonly Program[] => {
  const { encoder, quantiser, decoder, decode, factor, latentChannels } = vqAutoencoder(config);
  const parameters = [...quantiser.parameters, ...decoder.parameters];
  return [
    layer(`${name}, the encoder`, encoder, SIDE * factor, config.inputChannels),
    layer(`${name}, the quantiser and the decoder`, { parameters, run: decode }, SIDE, latentChannels),
  ];
};

const picture = (name: PublishedPictureName): Program =>
  layer(name, asLayer(pictureNetwork(publishedPictureNetworks[name])), SIDE, 3);

const { "tad-sr-s1": student, "realsr-s15": teacher, "faceir-s4": face } = publishedModels;

const programs: readonly Program[] = [
  await small("small-x4, one step", "small-x4", "constant"),
  await small("small-x4-teacher, one of its steps", "small-x4-teacher", "data"),
  stacked("the stack small without noise, one step", "small", "constant", false),
  stacked("the stack small, one step", "small", "constant", true),
  stacked("the stack small, one of its steps", "small", "data", true),
  stacked("the stack tiny without noise, one step", "tiny", "constant", false),
  unet("tad-sr-s1 and sinsr-s1, the UNet in one step", student.network, "constant"),
  unet("realsr-s15, the UNet in one of its steps", teacher.network, "data"),
  unet("faceir-s4, the UNet in one of its steps", face.network, "data"),
  ...autoencoder("the autoencoder f4", student.autoencoder),
  ...autoencoder("the autoencoder f8 of faces", face.autoencoder),
  picture("realesr-general-x4v3"),
  picture("RealESRGAN_x4plus"),
];

const countsOf = (results: readonly Term[], dialect: Dialect): Readonly<Record<string, number>> =>
  nodeCounts(
    lower(simplify(results, rules), {
      ...dialect,
      nameOf: ({ kind, shape }) => `${kind} ${shape.join(" ")}`,
      resultNames: ["result"],
    }),
  );

describe.each(programs.map(({ title, terms }) => [title, terms] as const))("%s", (title, terms) => {
  const results = [terms()];
  it.each(Object.keys(dialects))("has its reviewed numbers of nodes: %s", (name) => {
    const counts = countsOf(results, dialects[name] as Dialect);
    expect(counts).toMatchSnapshot();
    // If the time is fixed, everything that depends only on it is folded: it has the only matrix products.
    if (title.includes("one step")) expect(counts).not.toHaveProperty("Gemm");
  });
});
