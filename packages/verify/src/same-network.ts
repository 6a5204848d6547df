/**
 * Whether two configurations make the same network: the same parameters, and the same operations on them with the same
 * options in the same order. Different configurations can do so: a window as wide as its level works like a wider one.
 */
import type { Algebra, Tensors } from "@tadsr/core";
import {
  type Architecture,
  discriminator,
  type ParameterSpec,
  pictureNetwork,
  smallNetwork,
  swinUNet,
  tensorsOf,
  vqAutoencoder,
} from "@tadsr/model";

/** The origin of a tensor: the n-th operation, or a name. */
interface Origin {
  readonly from: number | string;
}

/** Records every operation instead of computing it. */
const scribe = (lines: string[]): Algebra<Origin> =>
  new Proxy({} as Algebra<Origin>, {
    get:
      (_, name) =>
      (...operands: readonly unknown[]): Origin => {
        lines.push(JSON.stringify([name, ...operands]));
        return { from: lines.length - 1 };
      },
  });

const named = (specs: readonly ParameterSpec[]): Tensors<Origin> =>
  Object.fromEntries(specs.map(({ name }) => [name, { from: name }]));

/** What the network does, one line for each operation. */
const operationsOf = (architecture: Architecture): readonly string[] => {
  const lines: string[] = [];
  const algebra = scribe(lines);
  switch (architecture.kind) {
    case "swin-unet":
    case "residual-unet":
    case "stack": {
      const network =
        architecture.kind === "swin-unet" ? swinUNet(architecture.config) : smallNetwork(architecture.config);
      const inputs = { input: { from: "z_t" }, condition: { from: "z_y" }, time: { from: "t" } };
      network.run(algebra)(named(network.parameters), inputs);
      return lines;
    }
    case "vq-autoencoder": {
      const { parameters, encoder, quantiser, decoder } = vqAutoencoder(architecture.config);
      for (const part of [encoder, quantiser, decoder])
        part.run(algebra, named(parameters), { from: "picture or latent" });
      return lines;
    }
    case "discriminator": {
      const { parameters, state, run } = discriminator(architecture.config);
      const features = architecture.config.channels.map((_, k) => ({ from: `feature ${k}` }));
      run(algebra)(named(parameters), named(state), { features, time: { from: "t" } });
      return lines;
    }
    case "srvgg":
    case "rrdb": {
      const network = pictureNetwork(architecture.config);
      network.run(algebra)(named(network.parameters), { from: "picture" });
      return lines;
    }
  }
};

/** Everything that determines the network, as text. */
const descriptionOf = (architecture: Architecture): string =>
  [
    ...tensorsOf(architecture).map(({ name, shape }) => JSON.stringify([name, ...shape])),
    ...operationsOf(architecture),
  ].join("\n");

export const isSameNetwork = (a: Architecture, b: Architecture): boolean =>
  descriptionOf(a) === descriptionOf(b);
