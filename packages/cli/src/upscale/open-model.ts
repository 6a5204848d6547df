/** A model on a runtime, ready to upscale pictures. */
import type { NamedModel } from "@tadsr/files";
import { AUTHORS_TILE, type PaperModel, type Size } from "@tadsr/model";
import { usableMemory } from "@tadsr/runtime-node";
import { type OpenUpscalerError, prepareModel, type Upscaler } from "@tadsr/upscale";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { definedOf } from "../defined.ts";
import { type Failure, modelLine, usageFailure } from "../failure.ts";
import { openRuntime } from "../open-runtime.ts";
import { runtimeOptions } from "../runtime-options.ts";
import { noteLine, type Shell } from "../shell.ts";
import { findAnyModel } from "./find-model.ts";
import { type OpenModel, upscaleFailure } from "./opened-model.ts";
import type { NetworkOptions } from "./options.ts";
import { silent, type Trace } from "./trace.ts";

/** Refuses more steps than the model's schedule has, in the command's words. */
const checkSteps = (found: NamedModel, { steps }: NetworkOptions): E.Either<Failure, void> => {
  if (found.kind !== "small" || steps === undefined) return E.right(undefined);
  const { description, schedule } = found.model;
  return steps <= schedule.T
    ? E.right(undefined)
    : E.left(
        usageFailure(
          `--steps ${steps} is too many: model ${description.name} has a schedule of ${schedule.T}; ` +
            `give 1 to ${schedule.T}`,
        ),
      );
};

const openFailure = (error: OpenUpscalerError): Failure => {
  if (error._tag === "InvalidOption") return usageFailure(`--${error.message}`);
  return error._tag === "EngineFailed" ? upscaleFailure(error) : modelLine(error);
};

/** Notes for the user about a picture before a model of the paper's kind upscales it. */
const notesOfPaper = (
  { description: { name, network }, stride }: PaperModel,
  tile: number,
  isTileAsked: boolean,
  { width, height }: Size,
): readonly string[] => {
  const nominal = stride > 1 ? (network.condition?.size ?? 0) : 0;
  const isSmallTile = !isTileAsked && tile < AUTHORS_TILE && Math.max(width, height) > tile;
  const isOddSize = nominal > 0 && (width !== nominal || height !== nominal);
  return [
    ...(isSmallTile
      ? [`tiles of ${tile}: ${AUTHORS_TILE} would not fit into memory; --tile says otherwise`]
      : []),
    ...(isOddSize ? [`${width} x ${height}: ${name} was made for pictures of ${nominal} x ${nominal}`] : []),
  ];
};

const onShell = (
  shell: Shell,
  upscaler: Upscaler,
  engine: { readonly name: string; readonly close: () => Promise<void> },
  paper: PaperModel | null,
  isTileAsked: boolean,
): OpenModel => ({
  ...upscaler,
  runtime: engine.name,
  upscale: (picture, request) => {
    const notes = paper === null ? [] : notesOfPaper(paper, upscaler.settings.tile, isTileAsked, picture);
    for (const note of notes) noteLine(shell, note);
    return TE.mapLeft(upscaleFailure)(upscaler.upscale(picture, request));
  },
  close: async () => {
    upscaler.close();
    await engine.close();
  },
});

/** Puts a model on its runtime. A wrong model or option is an error before the runtime is loaded. */
export const openFoundModel =
  (
    shell: Shell,
    found: NamedModel,
    options: NetworkOptions,
    trace: Trace = silent,
  ): TE.TaskEither<Failure, OpenModel> =>
  async () => {
    const steps = checkSteps(found, options);
    if (E.isLeft(steps)) return steps;
    const { seed, tile, steps: asked, sampler, colourCorrection } = options;
    const given = definedOf({ seed, tile, steps: asked, sampler, colourCorrection, memory: usableMemory() });
    const prepared = await prepareModel(found, given)();
    if (E.isLeft(prepared)) return E.left(openFailure(prepared.left));
    if (found.kind === "small") trace("model-read");
    const runtime = await openRuntime(options.runtime, runtimeOptions(shell, options))();
    if (E.isLeft(runtime)) return runtime;
    trace("runtime-open");
    const engine = runtime.right;
    const opened = await prepared.right.open(engine)();
    if (E.isLeft(opened)) {
      await engine.close();
      return E.left(openFailure(opened.left));
    }
    trace("model-read");
    const paper = found.kind === "paper" ? found.model : null;
    if (paper !== null && paper.assumed.length > 0)
      noteLine(shell, `${paper.files.network.file.name}: assumed: ${paper.assumed.join(", ")}`);
    return E.right(onShell(shell, opened.right, engine, paper, tile !== undefined));
  };

export const openModel = (shell: Shell, options: NetworkOptions): TE.TaskEither<Failure, OpenModel> =>
  TE.chain((found: NamedModel) => openFoundModel(shell, found, options))(findAnyModel(shell, options));
