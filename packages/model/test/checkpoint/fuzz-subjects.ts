/**
 * The fixtures that are damaged, and the group of each that is compared. Of the legacy files, the one with views is
 * left out. The place where a view of a shared storage begins is written once and has no checksum, so another place
 * cannot be recognised as damage, just as another number cannot.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { readWeights, writeSafetensors } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import type { HostWeights } from "../../src/index.ts";
import { type Subject, subjectOf } from "./mutations.ts";

export type Reader = "zip" | "legacy" | "safetensors";

const FOLDER = join(import.meta.dirname, "../fixtures/pytorch");

const PYTORCH: Readonly<Record<"zip" | "legacy", readonly (readonly [string, string])[]>> = {
  zip: [
    ["plain.pth", ""],
    ["half.pth", ""],
    ["views.pth", ""],
    ["deflated.pth", ""],
    ["wrapped.pth", "state_dict"],
    ["training.pth", "params_ema"],
    ["protocol-4.pth", "state_dict"],
  ],
  legacy: [
    ["plain.legacy.pth", ""],
    ["half.legacy.pth", ""],
    ["double.legacy.pth", ""],
    ["parameters.legacy.pth", ""],
    ["wrapped.legacy.pth", "state_dict"],
    ["training.legacy.pth", "params_ema"],
  ],
};

/** The weights of a fixture as safetensors, in each type. */
const safetensors = async (folder: string): Promise<readonly Subject[]> => {
  await mkdir(folder, { recursive: true });
  const { specs, others } = await subjectOf("plain.pth", join(FOLDER, "plain.pth"), "");
  const ignore = (name: string): boolean => others.has(name);
  const weights = await readWeights(join(FOLDER, "plain.pth"), specs, { ignore })();
  if (E.isLeft(weights)) throw new Error(weights.left.message);
  const empty: HostWeights = { ...weights.right, empty: { shape: [0, 3], data: new Float32Array(0) } };
  const subjects: Subject[] = [];
  for (const dtype of ["F32", "F16", "BF16"] as const) {
    const file = join(folder, `${dtype}.safetensors`);
    const written = await writeSafetensors(file, empty, { dtype, metadata: { format: "pt" } })();
    if (E.isLeft(written)) throw new Error(written.left.message);
    subjects.push(await subjectOf(`${dtype}.safetensors`, file, ""));
  }
  return subjects;
};

/** `folder` is for the files that are made. */
export const fuzzSubjects = async (reader: Reader, folder: string): Promise<readonly Subject[]> =>
  reader === "safetensors"
    ? safetensors(folder)
    : Promise.all(PYTORCH[reader].map(([name, path]) => subjectOf(name, join(FOLDER, name), path)));
