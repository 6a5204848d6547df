/** `tadsr export`: writes a part of a model as an ONNX file. */
import { open, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { encodeModel, type Layout, layOut, MOST_INSIDE, nodeCounts, weightBytes } from "@tadsr/engine-onnx";
import * as E from "fp-ts/lib/Either.js";
import { type Failure, usageFailure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { plural } from "../plural.ts";
import { objectionTo } from "../safe-file.ts";
import { displayPath, noteLine, printLine, resolveIn, type Shell } from "../shell.ts";
import { VERSION } from "../version.ts";
import { findPart } from "./find-part.ts";
import { chosenSize, makePartGraph, sizeText } from "./make-graph.ts";
import { metadataOf } from "./metadata.ts";
import type { ExportOptions } from "./options.ts";
import { writeTogether } from "./write-together.ts";

/** The file of weights beside a model is named after the model. */
const besideName = (output: string): string => `${output}.data`;

const writeWeights = async (file: string, { pieces }: Layout): Promise<void> => {
  const handle = await open(file, "wx");
  try {
    for (const { offset, bytes } of pieces) await handle.write(bytes, 0, bytes.length, offset);
  } finally {
    await handle.close();
  }
};

/** Whether this many bytes of weights go beside the file; an error if they were to be inside but do not fit. */
export const isBeside = (weights: ExportOptions["weights"], bytes: number): E.Either<Failure, boolean> => {
  const fits = bytes <= MOST_INSIDE;
  if (weights === "inside" && !fits)
    return E.left(
      usageFailure(
        `--weights inside: ${megabytes(bytes)} are more than the 2 GB that a file holds; leave it out`,
      ),
    );
  return E.right(weights === "beside" || !fits);
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

export const runExport =
  (shell: Shell, named: string, options: ExportOptions): CommandTask =>
  async () => {
    const { force = false, dtype, opset } = options;
    const output = resolveIn(shell, options.out);
    const objection = await objectionTo(shell, output, force);
    if (objection !== null) return E.left(objection);
    const found = await findPart(shell, named, options)();
    if (E.isLeft(found)) return found;
    const { part, description, origin, assumed } = found.right;
    const size = chosenSize(part, options);
    if (E.isLeft(size)) return size;
    const graph = makePartGraph(found.right, size.right, options);
    if (E.isLeft(graph)) return graph;
    const { lowered, nameOf, openDimension } = graph.right;
    if (assumed.length > 0) noteLine(shell, `${named}: assumed: ${assumed.join(", ")}`);

    const bytes = weightBytes(lowered);
    const apart = isBeside(options.weights, bytes);
    if (E.isLeft(apart)) return apart;
    const layout = apart.right ? layOut(lowered) : null;
    const sizeWords = size.right === null ? "any" : sizeText(size.right);
    const file = encodeModel(lowered, {
      producer: { name: "tadsr", version: VERSION },
      graphName: `${description.name} ${part.name}`,
      description: part.use,
      metadata: metadataOf(part, { description, origin, dtype, size: sizeWords }),
      nameOf,
      ...(openDimension === null ? {} : { openDimension }),
      ...(layout === null
        ? {}
        : { beside: { file: besideName(basename(output)), offsetOf: layout.offsetOf } }),
    });
    const beside = besideName(output);
    const written = await writeTogether(
      shell,
      layout === null ? [output] : [beside, output],
      force,
    )(async (folder) => {
      if (layout !== null) await writeWeights(join(folder, basename(beside)), layout);
      await writeFile(join(folder, basename(output)), file);
    })();
    if (E.isLeft(written)) return written;
    const nodes = Object.values(nodeCounts(lowered)).reduce((sum, count) => sum + count, 0);
    const place = apart.right ? ` beside, in ${displayPath(shell, beside)}` : "";
    printLine(
      shell,
      `${named} -> ${displayPath(shell, output)}: ${part.name}, size ${sizeWords}, ${dtype}, opset ${opset}, ` +
        `${plural(nodes, "node")}, weights ${megabytes(bytes)}${place}`,
    );
    return E.right(0);
  };
