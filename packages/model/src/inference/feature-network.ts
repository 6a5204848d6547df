/** Finds which feature network a file's tensors belong to, and whether linear weights fit it, by names and shapes. */
import { isSameShape } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import type { Mismatch } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";
import { efficientNetLite0 } from "../networks/features/efficientnet.ts";
import type { FeatureNetwork } from "../networks/features/feature-network.ts";
import { alexNet, vgg16 } from "../networks/features/torchvision.ts";
import type { ParameterSpec } from "../parameters.ts";
import { quoted } from "../quoted.ts";
import { mismatchLine } from "../weights.ts";
import type { Shapes } from "./shape-reader.ts";

/** The tensors fit no feature network known here, some are missing, or the linear weights do not fit. */
export interface UnknownFeatures {
  readonly _tag: "UnknownFeatures";
  readonly file: string;
  readonly message: string;
}

const unknownFeatures = (file: string, why: string): UnknownFeatures => ({
  _tag: "UnknownFeatures",
  file,
  message: `${file}: ${why}`,
});

const KNOWN = "AlexNet or VGG16 of torchvision, or what tools/perceptual-weights.py writes";

const FIRST = "features.0.weight";

/** The network that the tensors look like, or null. */
const likely = (shapes: Shapes): FeatureNetwork | null => {
  if (shapes.has("stem.weight")) return efficientNetLite0;
  const kernel = shapes.get(FIRST)?.at(-1);
  return [alexNet, vgg16].find(({ parameters }) => parameters[0]?.shape.at(-1) === kernel) ?? null;
};

/** The classifier after the features, which no distance uses. */
const isIgnored = (name: string): boolean => name.startsWith("classifier.");

/** The first tensor that is missing, has another shape, or (unless `others` are allowed) is not the network's. */
const firstDifference = (
  specs: readonly ParameterSpec[],
  shapes: Shapes,
  others: "allowed" | "refused",
): Mismatch | null => {
  const declared = new Set(specs.map(({ name }) => name));
  const strays = [...shapes.keys()].filter((name) => !declared.has(name) && !isIgnored(name));
  for (const { name: key, shape: expected } of specs) {
    const found = shapes.get(key);
    if (found === undefined) return { kind: "missing", key, expected, nearest: nearestName(key, strays) };
    if (!isSameShape(found, expected)) return { kind: "shape", key, expected, found };
  }
  const [stray] = strays;
  return stray === undefined || others === "allowed"
    ? null
    : { kind: "unexpected", key: stray, nearest: null };
};

/** The network that these tensors belong to. They may include a classifier's. */
export const featureNetworkOf = (file: string, shapes: Shapes): E.Either<UnknownFeatures, FeatureNetwork> => {
  const network = likely(shapes);
  if (network === null) {
    const some = [...shapes.keys()].slice(0, 3).map((name) => quoted(name));
    const found = some.length === 0 ? "no tensors" : `${shapes.size} tensors such as ${some.join(", ")}`;
    return E.left(unknownFeatures(file, `found ${found}, expected a feature network: ${KNOWN}`));
  }
  const difference = firstDifference(network.parameters, shapes, "refused");
  return difference === null
    ? E.right(network)
    : E.left(unknownFeatures(file, `taken for ${network.title}, but ${mismatchLine(difference)}`));
};

/** Names and shapes of the linear weights of a network, as LPIPS's files have them. */
export const linearParameters = ({ channels }: FeatureNetwork): readonly ParameterSpec[] =>
  channels.map((count, map) => ({
    name: `lin${map}.model.1.weight`,
    kind: "convolution",
    shape: [1, count, 1, 1],
    initial: "ones",
  }));

/** Checks that there are linear weights for each feature map of the network. Other tensors are ignored. */
export const checkLinear = (
  file: string,
  network: FeatureNetwork,
  shapes: Shapes,
): E.Either<UnknownFeatures, void> => {
  const difference = firstDifference(linearParameters(network), shapes, "allowed");
  return difference === null
    ? E.right(undefined)
    : E.left(
        unknownFeatures(
          file,
          `the linear weights are not ${network.title}'s: ${mismatchLine(difference)}; take the file of that network`,
        ),
      );
};
