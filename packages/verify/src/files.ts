/** Checks every file of a network's weights: parameters, architecture, numbers, and results. */
import { type Engine, elements } from "@tadsr/core";
import { type HostWeights, inferArchitecture, isBuffer, parameterCount, uploadWeights } from "@tadsr/model";
import { firstLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import type { Folder } from "./folder.ts";
import { type Rounding, roundingError, roundingOf } from "./rounding.ts";
import { absent, broken, noted, type Row } from "./row.ts";
import { isSameNetwork } from "./same-network.ts";
import type { Subject } from "./subject.ts";
import { surveyWeights, type WeightsSurvey, weightsOf } from "./weights-file.ts";

/** The number of learned weights by the manifest, by the network and in the file must be the same. */
const countRow = (entry: string, check: string, subject: Subject, survey: WeightsSurvey): Row => {
  const state = new Set(subject.tensors.map(({ name }) => name));
  for (const { name } of subject.parameters) state.delete(name);
  const network = parameterCount(subject.parameters);
  const inFile = [...survey.shapes]
    .filter(([name]) => !isBuffer(name) && !state.has(name))
    .reduce((sum, [, shape]) => sum + elements(shape), 0);
  const recorded = subject.recordedCount ?? network;
  const error = Math.max(Math.abs(network - recorded), Math.abs(inFile - recorded)) / Math.max(1, recorded);
  const kind = `${survey.types.join(" and ")}, ${survey.format}`;
  const found = `${inFile} in the file, ${network} of the network`;
  const said = subject.recordedCount === undefined ? "" : `, ${recorded} in the manifest`;
  const note = error === 0 ? `${recorded} parameters, ${kind}` : `${found}${said}`;
  return { entry, check, verdict: error === 0 ? "ok" : "mismatch", error, tolerance: 0, note };
};

/**
 * Infers the architecture from names and shapes alone. The row notes what they do not tell, if the published values
 * differ from the manifest's.
 */
const inferredRow = (entry: string, check: string, { architecture }: Subject, survey: WeightsSurvey): Row => {
  const row: Row = { entry, check, verdict: "ok", error: 0, tolerance: 0, note: "" };
  const bare = inferArchitecture(survey.shapes, { file: "the tensors" });
  if (E.isLeft(bare)) return broken(entry, check, bare.left.message);
  if (isSameNetwork(bare.right, architecture)) return row;
  const open = bare.right.assumed;
  const told = toldOf(architecture, open);
  const again = inferArchitecture(survey.shapes, { file: "the tensors", ...told });
  return E.isRight(again) && isSameNetwork(again.right, architecture)
    ? noted(row, `with these fields given, which they do not tell: ${open.join(", ")}`)
    : broken(entry, check, `another network than the manifest's; not told: ${open.join(", ") || "nothing"}`);
};

/** The manifest's values of the fields that inference assumed. */
const toldOf = ({ kind, config }: Subject["architecture"], open: readonly string[]) => {
  if (kind === "discriminator") return { timeFeatures: config.timeFeatures };
  if (kind !== "swin-unet") return {};
  const { imageSize, latentChannels, swin } = config;
  return {
    ...(open.includes("imageSize") ? { imageSize } : {}),
    ...(open.includes("latentChannels") ? { latentChannels } : {}),
    ...(open.includes("swin.window") || open.includes("imageSize") ? { window: swin.window } : {}),
    ...(open.includes("swin.headChannels") ? { headChannels: swin.headChannels } : {}),
  };
};

/** The first file in float32. The others must hold the same numbers, up to their rounding. */
interface Base {
  readonly name: string;
  readonly weights: HostWeights;
  readonly rows: readonly Row[];
}

const numbersRow = (
  entry: string,
  check: string,
  weights: HostWeights,
  rounding: Rounding | null,
  base: Base | null,
): Row => {
  const label = `${check}: weights = ${base?.name ?? "those in float32"}${rounding === null ? "" : " rounded"}`;
  if (base === null) return absent(entry, label, "no file in float32 is beside it");
  const error = roundingError(weights, base.weights, rounding);
  const tolerance = rounding?.unit ?? 0;
  const note = rounding === null ? "" : `rounding to ${rounding.type} is off by ${tolerance} at most`;
  const verdict = error <= tolerance ? "ok" : "mismatch";
  return { entry, check: label, verdict, error, tolerance, note, isRounded: rounding !== null };
};

/** Runs the subject on the weights, and always releases what was uploaded. */
const runOn = async <T>(
  engine: Engine<T>,
  subject: Subject,
  weights: HostWeights,
  rounding: Rounding | null,
): Promise<readonly Row[]> => {
  const uploaded = uploadWeights(engine, subject.tensors, weights);
  try {
    return await subject.run(engine, { uploaded, weights, rounding });
  } finally {
    engine.release(Object.values(uploaded));
  }
};

/** The rows of all files of one network, each check with the file's name before it. */
export const checkFiles = async <T>(
  engine: Engine<T>,
  folder: Folder,
  entry: string,
  files: readonly string[],
  subject: Subject,
): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  let base: Base | null = null;
  for (const file of files) {
    const survey = await surveyWeights(folder, file)();
    if (E.isLeft(survey)) {
      rows.push(broken(entry, file, survey.left));
      continue;
    }
    rows.push(
      countRow(entry, `${file}: parameters`, subject, survey.right),
      inferredRow(entry, `${file}: inferred from its tensors`, subject, survey.right),
    );
    const read = await weightsOf(folder, file, subject.tensors)();
    if (E.isLeft(read)) {
      rows.push(broken(entry, file, read.left));
      continue;
    }
    const weights = read.right;
    const rounding = roundingOf(survey.right.types);
    if (base !== null || rounding !== null) rows.push(numbersRow(entry, file, weights, rounding, base));
    const known: Base | null =
      base !== null && rounding === null && roundingError(weights, base.weights, null) === 0 ? base : null;
    try {
      const found: readonly Row[] = known?.rows ?? (await runOn(engine, subject, weights, rounding));
      for (const row of found) {
        const own: Row = { ...row, entry, check: `${file}: ${row.check}`, isRounded: rounding !== null };
        rows.push(known === null ? own : noted(own, `the same weights as ${known.name}, so not run again`));
      }
      if (base === null && rounding === null) base = { name: file, weights, rows: found };
    } catch (thrown) {
      rows.push(broken(entry, file, firstLine(thrown)));
    }
  }
  return rows;
};
