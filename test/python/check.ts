/** Runs `check_onnx.py`, in which ONNX's checker, ONNX Runtime and ONNX's own evaluator test an exported file. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { NdArray } from "@tadsr/core";
import { afterAll, expect, it } from "vitest";
import { run } from "../../packages/cli/src/program.ts";
import { memoryShell } from "../../packages/cli/test/memory-shell.ts";
import { channelsFirst } from "./pictures.ts";

const PYTHON = process.env.TADSR_PYTHON ?? "python3";

/** Runs a script of this folder; gives its standard output. */
export const python = (name: string, ...words: readonly string[]): string => {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const { status, stdout, stderr, error } = spawnSync(PYTHON, [script, ...words], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(stderr ?? error?.message);
  return stdout;
};

type Test = (title: string, test: () => Promise<void>) => void;

/** Tests that are skipped if something is missing. If no skips are allowed, they fail instead. */
const unless = (missing: string | null): Test => {
  if (missing === null) return it;
  return (title, test) => {
    const why = `${title} (not run: ${missing})`;
    if (process.env.TADSR_NO_SKIPS === "1")
      it(why, () => Promise.reject(new Error(`TADSR_NO_SKIPS=1 makes this a failure: ${missing}`)));
    else it.skip(why, test);
  };
};

const missingModules = (modules: readonly string[]): string | null =>
  spawnSync(PYTHON, ["-c", `import ${modules.join(", ")}`]).status === 0
    ? null
    : `${PYTHON} has not all of ${modules.join(", ")}: pip install -r test/python/requirements.txt into an ` +
      "environment, and name its interpreter in TADSR_PYTHON";

/** Tests that are skipped if Python lacks these modules. */
export const inPythonWith = (...modules: readonly string[]): Test => unless(missingModules(modules));

/** The folder of basicsr's source, inside the one that TADSR_BASICSR names; null if it is not there. */
export const basicsr = ((): string | null => {
  const folder = process.env.TADSR_BASICSR;
  if (folder === undefined || !existsSync(folder)) return null;
  const niqe = join("basicsr", "metrics", "niqe.py");
  const found = readdirSync(folder, { encoding: "utf8", recursive: true }).find((file) =>
    file.endsWith(niqe),
  );
  return found === undefined ? null : join(folder, found.slice(0, -niqe.length));
})();

/** Tests that are skipped if Python lacks these modules, or basicsr's source is missing. */
export const withBasicsr = (...modules: readonly string[]): Test => {
  const missing = "TADSR_BASICSR names no folder with basicsr's source: .ci/run has the command that gets it";
  return unless(missingModules(modules) ?? (basicsr === null ? missing : null));
};

export const inPython: Test = inPythonWith("numpy", "onnx", "onnxruntime");

export interface Workplace {
  readonly folder: string;
  /** The path of the file that `tadsr export` wrote. */
  readonly exported: (model: string, out: string, ...words: readonly string[]) => Promise<string>;
}

/** A folder for the files that the tests of one file write. */
export const workplace = (): Workplace => {
  const folder = mkdtempSync(join(tmpdir(), "tadsr-onnx-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    exported: async (model, out, ...words) => {
      const memory = memoryShell(folder);
      const code = await run(memory.shell, ["export", model, "-o", out, ...words]);
      if (code !== 0) throw new Error(memory.err());
      return join(folder, out);
    },
  };
};

export type Arrays = Readonly<Record<string, NdArray>>;

/** Images [1, h, w, c]; the file has them channels first. */
export interface Run {
  readonly inputs: Arrays;
  readonly expected: Arrays;
}

interface Compared {
  readonly shape: readonly number[];
  readonly type: string;
  /** Differences from the expected values: the largest, and the median. */
  readonly difference: number;
  readonly median: number;
  /** Of what is expected, without its sign. */
  readonly largest: number;
}

interface Sides {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

type Results = readonly Readonly<Record<string, Compared>>[];

export interface Checked {
  readonly fault: string | null;
  readonly ir: number;
  readonly opsets: Readonly<Record<string, number>>;
  readonly domains: readonly string[];
  readonly operators: readonly string[];
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly inputs: readonly Sides[];
  readonly outputs: readonly Sides[];
  readonly weights: Readonly<Record<string, string>>;
  readonly beside: readonly Readonly<Record<string, string>>[];
  readonly runs: Results;
  /** The same from ONNX's own evaluator, which rounds every result to its type; none for float32. */
  readonly evaluated: Results;
}

let files = 0;
const stored = (folder: string, arrays: Arrays) =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => {
      const { shape, data } = channelsFirst(array);
      const file = join(folder, `${files++}.bin`);
      writeFileSync(file, Float32Array.from(data));
      return [name, { file, shape }];
    }),
  );

export type Dtype = "float32" | "float16";

/** Python's report of a file and its runs. The checker must find no fault, and the operators must be ONNX's own. */
export const check = (
  { folder }: Workplace,
  model: string,
  runs: readonly Run[],
  dtype: Dtype = "float32",
): Checked => {
  const cases = join(folder, `${files++}.json`);
  const described = runs.map(({ inputs, expected }) => ({
    inputs: stored(folder, inputs),
    expected: stored(folder, expected),
  }));
  writeFileSync(cases, JSON.stringify([{ model, runs: described, evaluate: dtype === "float16" }]));
  const [checked] = JSON.parse(python("check_onnx.py", cases)) as readonly [Checked];
  expect(checked.fault).toBeNull();
  expect(checked.domains).toEqual([""]);
  return checked;
};

/** float32: as in `verify`. float16: sixteen roundings of 2^-11, relative to the largest value. */
export const TOLERANCE: Readonly<Record<Dtype, number>> = { float32: 1e-4, float16: 16 * 2 ** -11 };

/** The same; and the file must give the expected values at each run. */
export const expectSame = (
  place: Workplace,
  model: string,
  runs: readonly Run[],
  dtype: Dtype = "float32",
): Checked => {
  const checked = check(place, model, runs, dtype);
  expect(checked.runs.length).toBe(runs.length);
  expect(checked.evaluated.length).toBe(dtype === "float16" ? runs.length : 0);
  for (const results of [...checked.runs, ...checked.evaluated])
    for (const { difference, largest, type } of Object.values(results)) {
      expect(type).toBe("float32");
      expect(difference).toBeLessThan(TOLERANCE[dtype] * largest);
    }
  return checked;
};
