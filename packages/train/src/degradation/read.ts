/** Gets a degradation by the name of a preset, or from a JSON file. */
import { readFile } from "node:fs/promises";
import { printable } from "@tadsr/model";
import { type Fault, shown } from "@tadsr/model/decoders";
import { fileReason } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import { decodeDegradation } from "./decode.ts";
import type { Degradation } from "./description.ts";
import { type DegradationPreset, degradationPresets } from "./presets.ts";

export interface DegradationError {
  readonly _tag: "Degradation";
  readonly message: string;
}

const refusal = (message: string): E.Either<DegradationError, never> =>
  E.left({ _tag: "Degradation", message });

const presetNames = Object.keys(degradationPresets) as readonly DegradationPreset[];

const isPreset = (name: unknown): name is DegradationPreset =>
  typeof name === "string" && Object.hasOwn(degradationPresets, name);

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Puts the fields of `over` in place of those of `base`, object by object. */
const overlaid = (base: unknown, over: unknown): unknown =>
  isFields(base) && isFields(over)
    ? {
        ...base,
        ...Object.fromEntries(
          Object.entries(over).map(([key, value]) => [
            key,
            Object.hasOwn(base, key) ? overlaid(base[key], value) : value,
          ]),
        ),
      }
    : over;

/** `{ "preset": name, ...fields }` becomes that preset with these fields changed, also inside a mix. */
const expanded = (value: unknown, path: string): E.Either<Fault, unknown> => {
  if (!isFields(value)) return E.right(value);
  if (Object.hasOwn(value, "preset")) {
    const { preset, ...fields } = value;
    return isPreset(preset)
      ? E.right(overlaid(degradationPresets[preset], fields))
      : E.left({
          path: path === "" ? "preset" : `${path}.preset`,
          expected: `one of ${presetNames.join(", ")}`,
          found: shown(preset),
        });
  }
  if (value.kind !== "mix" || !Array.isArray(value.of)) return E.right(value);
  const parts: unknown[] = [];
  for (const [i, part] of value.of.entries()) {
    if (!isFields(part)) {
      parts.push(part);
      continue;
    }
    const inner = expanded(part.degradation, `of[${i}].degradation`);
    if (E.isLeft(inner)) return inner;
    parts.push({ ...part, degradation: inner.right });
  }
  return E.right({ ...value, of: parts });
};

/** A degradation from a JSON value. A `"preset"` in it is the name of the one to start from. */
export const degradationOf = (value: unknown): E.Either<Fault, Degradation> =>
  E.chain((whole: unknown) => decodeDegradation(whole, ""))(expanded(value, ""));

const parse = (file: string, text: string): E.Either<DegradationError, Degradation> => {
  const parsed = E.tryCatch(
    // A byte-order mark, which some editors write, is dropped.
    (): unknown => JSON.parse(text.replace(/^\uFEFF/, "")),
    (thrown) => fileReason(thrown),
  );
  if (E.isLeft(parsed)) return refusal(`${file}: it is no JSON: ${printable(parsed.left)}`);
  const decoded = degradationOf(parsed.right);
  if (E.isRight(decoded)) return decoded;
  const { path, expected, found } = decoded.left;
  return refusal(`${file}: ${path === "" ? "the degradation" : path} must be ${expected}; found ${found}`);
};

/**
 * The preset of this name, or else the degradation in the JSON file of this name. Paths are relative to `folder`, by
 * default the current one.
 */
export const readDegradation =
  (
    nameOrFile: string,
    fileOf: (name: string) => string = (name) => name,
  ): TaskEither<DegradationError, Degradation> =>
  async () => {
    if (isPreset(nameOrFile)) return E.right(degradationPresets[nameOrFile]);
    try {
      return parse(nameOrFile, await readFile(fileOf(nameOrFile), "utf8"));
    } catch (thrown) {
      return nameOrFile.endsWith(".json")
        ? refusal(`${nameOrFile}: cannot be read: ${fileReason(thrown)}`)
        : refusal(
            `no degradation ${nameOrFile}; there are ${presetNames.join(", ")}, or give the path of a JSON file`,
          );
    }
  };
