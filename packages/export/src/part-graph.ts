/** The graph of a part at a size, or with open sizes, in the chosen number type. */

import {
  type ExportDialect,
  exportGraph,
  isSameFile,
  type Lowered,
  openDimensions,
  type SizeNeeded,
  toFloat16,
  weightNames,
} from "@tadsr/engine-onnx";
import type { Size } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { type ExportError, invalidSize, notInFloat16, noWinograd, sizeNotOpen } from "./errors.ts";
import type { ExportDtype } from "./metadata.ts";
import type { Part } from "./part.ts";
import type { LoadedPart } from "./read-part.ts";

/** "any": the sizes of the file's inputs stay open. */
export type ChosenSize = Size | "any";

export interface GraphOptions {
  /** By default 64x64, rounded up to the part's alignment. */
  readonly size?: ChosenSize;
  /** float32 by default. Inputs and outputs are always float32. */
  readonly dtype?: ExportDtype;
  /** The version of ONNX's operators, from 18 to 23; 20 by default. */
  readonly opset?: number;
  /** Whether 3x3 convolutions use Winograd's method if it is faster on a CPU. */
  readonly winograd?: boolean;
}

/** The default side, before it is rounded up to the alignment. */
const DEFAULT_SIDE = 64;

const isMultiple = (side: number, alignment: number): boolean => side >= 1 && side % alignment === 0;

export const chosenSize = (
  { name, alignment }: Part,
  { size, winograd, dtype }: GraphOptions,
): E.Either<ExportError, ChosenSize> => {
  if (winograd === true && size === "any") return E.left(noWinograd("open size"));
  if (winograd === true && dtype === "float16") return E.left(noWinograd("float16"));
  if (size === "any") return E.right(size);
  const side = Math.ceil(DEFAULT_SIDE / alignment) * alignment;
  const chosen = size ?? { height: side, width: side };
  return isMultiple(chosen.height, alignment) && isMultiple(chosen.width, alignment)
    ? E.right(chosen)
    : E.left(invalidSize(name, chosen, alignment));
};

export interface PartGraph {
  readonly lowered: Lowered;
  /** Of a weight. */
  readonly nameOf: ReturnType<typeof weightNames>;
  readonly openDimension: ReturnType<typeof openDimensions> | null;
}

/** Open sizes are tried at these two pictures. They share no side and no number of pixels, even after halvings. */
const examples = (alignment: number): readonly [Size, Size] => [
  { height: 7 * alignment, width: 5 * alignment },
  { height: 11 * alignment, width: 3 * alignment },
];

const atSize = (
  part: Part,
  size: ChosenSize,
  dialect: Omit<ExportDialect, "openSizes">,
): E.Either<string, Lowered> => {
  const graphAt = (side: Size, openSizes: boolean): E.Either<string, Lowered> =>
    E.mapLeft(({ message }: SizeNeeded) => message)(exportGraph(part.plan(side), { ...dialect, openSizes }));
  if (size !== "any") return graphAt(size, false);
  const [one, other] = examples(part.alignment).map((example) => graphAt(example, true));
  if (one === undefined || other === undefined || E.isLeft(one)) return one ?? E.left("no example");
  return E.isRight(other) && isSameFile(one.right, other.right) ? one : E.left("its graph depends on it");
};

export const makePartGraph = (
  { part, names, description }: Pick<LoadedPart, "part" | "names" | "description">,
  size: ChosenSize,
  { opset, winograd, dtype }: Required<Omit<GraphOptions, "size">>,
): E.Either<ExportError, PartGraph> => {
  const graph = atSize(part, size, { opset, winograd: winograd ? "where-faster" : "never" });
  if (E.isLeft(graph)) return E.left(sizeNotOpen(part.name, graph.left));
  const openDimension = size === "any" ? openDimensions(graph.right) : null;
  if (dtype === "float32")
    return E.right({ lowered: graph.right, nameOf: weightNames(graph.right, names), openDimension });
  const narrowed = toFloat16(graph.right);
  if (E.isLeft(narrowed)) return E.left(notInFloat16(description.name, narrowed.left.value));
  const { lowered, originals } = narrowed.right;
  return E.right({ lowered, nameOf: weightNames(lowered, names, originals), openDimension });
};
