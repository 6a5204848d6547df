/** `tadsr export`: writes a part of a model as an ONNX file. */
import { open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type ChosenSize, type ExportedPart, exportPart, readPart } from "@tadsr/export";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, usageFailure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { plural } from "../plural.ts";
import { cannotWrite, objectionTo, writeSafely, writeTogether } from "../safe-file.ts";
import { displayPath, noteLine, printLine, resolveIn, type Shell } from "../shell.ts";
import { findAnyModel } from "../upscale/find-model.ts";
import { VERSION } from "../version.ts";
import { exportFailure, partFailure } from "./failure.ts";
import type { ExportCommandOptions } from "./options.ts";

/** What the file of a shipped model says of its weights. */
const SHIPPED_LICENCE = "Apache-2.0: a model shipped with tadsr";

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const sizeText = (size: ChosenSize): string => (size === "any" ? size : `${size.height}x${size.width}`);

const writePieces = async (file: string, pieces: readonly Uint8Array[]): Promise<void> => {
  const handle = await open(file, "wx");
  try {
    for (const piece of pieces) await handle.writeFile(piece);
  } finally {
    await handle.close();
  }
};

/** Writes the file, and its weights beside it, if they are beside. */
const writeExported = (
  shell: Shell,
  output: string,
  { bytes, beside }: ExportedPart,
  force: boolean,
): TE.TaskEither<Failure, void> => {
  const written = (write: () => Promise<void>) => TE.tryCatch(write, cannotWrite(shell, output));
  return beside === null
    ? writeSafely(shell, output, force)((draft) => written(() => writePieces(draft, [bytes])))
    : writeTogether(
        shell,
        [join(dirname(output), beside.name), output],
        force,
      )(([data, draft]) =>
        written(async () => {
          await writePieces(data, beside.pieces);
          await writePieces(draft, [bytes]);
        }),
      );
};

export const runExport =
  (shell: Shell, named: string, options: ExportCommandOptions): CommandTask =>
  async () => {
    const { force = false, dtype, opset, dynamic, size, winograd = false, weights } = options;
    const output = resolveIn(shell, options.out);
    const objection = await objectionTo(shell, output, force);
    if (objection !== null) return E.left(objection);
    if (dynamic === true && size !== undefined)
      return E.left(
        usageFailure("--dynamic leaves the size open, and --size gives one; take one of the two"),
      );
    const found = await findAnyModel(shell, { ...options, model: named, seed: 0, runtime: "auto" })();
    if (E.isLeft(found)) return found;
    const loaded = await TE.mapLeft(partFailure)(readPart(found.right, options))();
    if (E.isLeft(loaded)) return loaded;
    const licence = found.right.from === "shipped" ? SHIPPED_LICENCE : loaded.right.licence;
    const exported = exportPart(
      { ...loaded.right, licence },
      {
        name: basename(output),
        producer: { name: "tadsr", version: VERSION },
        ...{ dtype, opset: Number(opset), winograd, weights },
        ...(dynamic === true ? { size: "any" } : size === undefined ? {} : { size }),
      },
    );
    if (E.isLeft(exported)) return E.left(exportFailure(exported.left));
    const { assumed } = loaded.right;
    if (assumed.length > 0) noteLine(shell, `${named}: assumed: ${assumed.join(", ")}`);
    const written = await writeExported(shell, output, exported.right, force)();
    if (E.isLeft(written)) return written;
    const { beside, nodes, size: sizes, weightBytes } = exported.right;
    const place =
      beside === null ? "" : ` beside, in ${displayPath(shell, join(dirname(output), beside.name))}`;
    printLine(
      shell,
      `${named} -> ${displayPath(shell, output)}: ${loaded.right.part.name}, size ${sizeText(sizes)}, ${dtype}, ` +
        `opset ${opset}, ${plural(nodes, "node")}, weights ${megabytes(weightBytes)}${place}`,
    );
    return E.right(0);
  };
