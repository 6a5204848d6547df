/** This project's graphs of the paper's networks, at 64 to 256 pixels a side, with meaningless weights. */
import { elements, type Tensors } from "@tadsr/core";
import { encodeModel, given, lower, rules, simplify, type Term, termAlgebra } from "@tadsr/engine-onnx";
import { type ParameterSpec, publishedModels, swinUNet, vqAutoencoder } from "@tadsr/model";
import { fastestDialect } from "@tadsr/runtime-node";
import type { GraphName } from "./authors-graphs.ts";
import { wave } from "./onnx-session.ts";

/** Small numbers, so that activations stay finite through a network. */
const weightsOf = (specs: readonly ParameterSpec[]): Tensors<Term> =>
  Object.fromEntries(
    specs.map(({ name, kind, shape }) => {
      const data = wave(elements(shape)).map((number) => number / 20);
      return [name, given(kind, { shape, data }, "constant")];
    }),
  );

const image = (side: number): Term =>
  given("image", { shape: [1, side, side, 3], data: new Float32Array(side * side * 3) }, "data");

const { network: config, autoencoder, schedule } = publishedModels["tad-sr-s1"];

const results: Readonly<Record<GraphName, () => Term>> = {
  unet: () => {
    const network = swinUNet(config);
    // A one-step model is run only at T, so its time is a constant.
    const time = given("matrix", network.timeFeatures(schedule.steps - 1, 1), "constant");
    const inputs = { input: image(64), condition: image(64), time };
    return network.run(termAlgebra)(weightsOf(network.parameters), inputs);
  },
  vq_f4_encoder: () => {
    const { encoder } = vqAutoencoder(autoencoder);
    return encoder.run(termAlgebra, weightsOf(encoder.parameters), image(256));
  },
  vq_f4_decoder: () => {
    const vq = vqAutoencoder(autoencoder);
    return vq.decode(termAlgebra, weightsOf(vq.parameters), image(64));
  },
};

/** The file that the engine gives to ONNX Runtime. */
export const ourGraph = (name: GraphName): Uint8Array => {
  const simple = simplify([results[name]()], rules);
  let count = 0;
  return encodeModel(
    lower(simple, { ...fastestDialect, nameOf: () => `input${count++}`, resultNames: ["result"] }),
  );
};
