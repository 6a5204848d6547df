/** The bytes of a part's ONNX file, and of the file of weights beside it. */
import {
  DEFAULT_OPSET,
  encodeModel,
  type Layout,
  layOut,
  MOST_INSIDE,
  nodeCounts,
  OPSETS,
  weightBytes,
} from "@tadsr/engine-onnx";
import * as E from "fp-ts/lib/Either.js";
import { type ExportError, tooLargeInside, unknownOpset } from "./errors.ts";
import { metadataOf } from "./metadata.ts";
import { type ChosenSize, chosenSize, type GraphOptions, makePartGraph } from "./part-graph.ts";
import type { LoadedPart } from "./read-part.ts";

/** Where the weights are: beside the file with "auto" only if they do not fit inside. */
export type WeightPlace = "auto" | "inside" | "beside";

export interface ExportOptions extends GraphOptions {
  /** The file's name, without its folder. A file of weights beside it is called this with `.data` at its end. */
  readonly name: string;
  /** "auto" by default. */
  readonly weights?: WeightPlace;
  /** The program that the file names as its maker. By default tadsr without a version. */
  readonly producer?: { readonly name: string; readonly version: string };
}

export interface ExportedPart {
  /** Of the ONNX file. */
  readonly bytes: Uint8Array;
  /** The file of weights that must lie beside it; null if they are inside. */
  readonly beside: {
    readonly name: string;
    /** The file's bytes, in order. They are views of the part's weights, with zeros in between. */
    readonly pieces: readonly Uint8Array[];
  } | null;
  readonly size: ChosenSize;
  readonly nodes: number;
  readonly weightBytes: number;
}

/** Whether this many bytes of weights go beside the file; an error if they were to be inside but do not fit. */
export const isBeside = (weights: WeightPlace, bytes: number): E.Either<ExportError, boolean> => {
  const fits = bytes <= MOST_INSIDE;
  return weights === "inside" && !fits
    ? E.left(tooLargeInside(bytes))
    : E.right(weights === "beside" || !fits);
};

/** The pieces of a layout with the zeros between them. */
const withGaps = ({ pieces }: Layout): readonly Uint8Array[] => {
  let end = 0;
  return pieces.flatMap(({ offset, bytes }) => {
    const gap = offset - end;
    end = offset + bytes.length;
    return gap === 0 ? [bytes] : [new Uint8Array(gap), bytes];
  });
};

const sizeWords = (size: ChosenSize): string => (size === "any" ? "any" : `${size.height}x${size.width}`);

/**
 * A part as an ONNX file that uses only ONNX's own operators. Images are [1, channels, height, width] in [-1, 1]. The
 * metadata say what each input and output is, how the noise is drawn from a seed, and which licence the weights have.
 */
export const exportPart = (
  loaded: LoadedPart,
  {
    name,
    weights = "auto",
    producer,
    size,
    dtype = "float32",
    opset = DEFAULT_OPSET,
    winograd = false,
  }: ExportOptions,
): E.Either<ExportError, ExportedPart> => {
  const { part, description } = loaded;
  if (!OPSETS.includes(opset)) return E.left(unknownOpset(opset, OPSETS));
  const chosen = chosenSize(part, { ...(size === undefined ? {} : { size }), dtype, winograd });
  if (E.isLeft(chosen)) return chosen;
  const graph = makePartGraph(loaded, chosen.right, { dtype, opset, winograd });
  if (E.isLeft(graph)) return graph;
  const { lowered, nameOf, openDimension } = graph.right;
  const total = weightBytes(lowered);
  const apart = isBeside(weights, total);
  if (E.isLeft(apart)) return apart;
  const layout = apart.right ? layOut(lowered) : null;
  const besideName = `${name}.data`;
  const bytes = encodeModel(lowered, {
    ...(producer === undefined ? {} : { producer }),
    graphName: `${description.name} ${part.name}`,
    description: part.use,
    metadata: metadataOf(part, loaded, { dtype, size: sizeWords(chosen.right) }),
    nameOf,
    ...(openDimension === null ? {} : { openDimension }),
    ...(layout === null ? {} : { beside: { file: besideName, offsetOf: layout.offsetOf } }),
  });
  return E.right({
    bytes,
    beside: layout === null ? null : { name: besideName, pieces: withGaps(layout) },
    size: chosen.right,
    nodes: Object.values(nodeCounts(lowered)).reduce((sum, count) => sum + count, 0),
    weightBytes: total,
  });
};
