/** The graph of a part at a size, or with open sizes, in the chosen number type. */
import {
  exportGraph,
  isSameFile,
  type Lowered,
  openDimensions,
  toFloat16,
  weightNames,
} from "@tadsr/engine-onnx";
import * as E from "fp-ts/lib/Either.js";
import { type Failure, modelFailure, usageFailure } from "../failure.ts";
import type { FoundPart } from "./find-part.ts";
import type { ExportOptions, Size } from "./options.ts";
import type { Part } from "./part.ts";

/** The default side, before it is rounded up to the alignment. */
const DEFAULT_SIDE = 64;

export const sizeText = ({ height, width }: Size): string => `${height}x${width}`;

/** The size of the LR picture; null if it is open. */
export const chosenSize = (
  { name, alignment }: Part,
  { size, dynamic, winograd, dtype }: ExportOptions,
): E.Either<Failure, Size | null> => {
  if (dynamic === true && size !== undefined)
    return E.left(usageFailure("--dynamic leaves the size open, and --size gives one; take one of the two"));
  if (winograd === true && dynamic === true)
    return E.left(
      usageFailure("--winograd cuts pictures of one size into tiles: give --size, not --dynamic"),
    );
  if (winograd === true && dtype === "float16")
    return E.left(usageFailure("--winograd loses too much in float16; take one of the two"));
  if (dynamic === true) return E.right(null);
  const side = Math.ceil(DEFAULT_SIDE / alignment) * alignment;
  const chosen = size ?? { height: side, width: side };
  return chosen.height % alignment === 0 && chosen.width % alignment === 0
    ? E.right(chosen)
    : E.left(
        usageFailure(
          `--size ${sizeText(chosen)}: the sides of what ${name} reads are multiples of ${alignment}; give such a size`,
        ),
      );
};

export interface ExportedGraph {
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

const needsSize = (part: string, why: string): Failure =>
  usageFailure(`--dynamic: ${part} cannot leave the size open (${why}); give --size HEIGHTxWIDTH`);

const atSize = (
  { part }: FoundPart,
  size: Size | null,
  options: ExportOptions,
): E.Either<string, Lowered> => {
  const dialect = {
    opset: Number(options.opset),
    winograd: options.winograd === true ? "where-faster" : "never",
    openSizes: size === null,
  } as const;
  if (size !== null) return exportGraph(part.plan(size), dialect);
  const [one, other] = examples(part.alignment).map((example) => exportGraph(part.plan(example), dialect));
  if (one === undefined || other === undefined || E.isLeft(one)) return one ?? E.left("no example");
  return E.isRight(other) && isSameFile(one.right, other.right) ? one : E.left("its graph depends on it");
};

export const makePartGraph = (
  found: FoundPart,
  size: Size | null,
  options: ExportOptions,
): E.Either<Failure, ExportedGraph> => {
  const graph = atSize(found, size, options);
  if (E.isLeft(graph)) return E.left(needsSize(found.part.name, graph.left));
  const openDimension = size === null ? openDimensions(graph.right) : null;
  if (options.dtype === "float32")
    return E.right({ lowered: graph.right, nameOf: weightNames(graph.right, found.names), openDimension });
  return E.bimap(
    (lost: number) =>
      modelFailure(
        `${found.description.name}: one of its numbers is ${lost}, which float16 cannot hold; leave out --dtype float16`,
      ),
    ({ lowered, originals }: { lowered: Lowered; originals: Parameters<typeof weightNames>[2] }) => ({
      lowered,
      nameOf: weightNames(lowered, found.names, originals),
      openDimension,
    }),
  )(toFloat16(graph.right));
};
