import { readFileSync } from "node:fs";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openCheckpoint, readWeights, writeSafetensors } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { type CheckpointError, mainGroup, type ParameterSpec, type UnknownGroup } from "../src/index.ts";
import { readEverything } from "./checkpoint/read-everything.ts";
import { paperFixtures } from "./paper-fixtures.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = await temporaryFolder();
const paper = paperFixtures();

const FOLDER = join(import.meta.dirname, "fixtures/pytorch");

interface ExpectedGroup {
  readonly path: string;
  readonly prefix: string;
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly values: readonly (number | boolean)[];
  }[];
}

/** What PyTorch reads from each file; see tools/pytorch-fixtures.py. */
const expected = JSON.parse(readFileSync(join(FOLDER, "expected.json"), "utf8")) as Readonly<
  Record<string, readonly ExpectedGroup[]>
>;

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

const fixture = (name: string): string => join(FOLDER, name);

const spec = (name: string, shape: readonly number[]): ParameterSpec => ({
  name,
  kind: "vector",
  shape,
  initial: "zeros",
});

describe("every number is PyTorch's", () => {
  it.each(Object.entries(expected))("%s", async (name, groups) => {
    const everything = right(await readEverything(fixture(name)));
    expect(everything.format).toBe(name.includes(".legacy.") ? "pytorch-legacy" : "pytorch-zip");
    const found = everything.groups.map((group) => ({
      path: group.path,
      prefix: group.prefix,
      tensors: group.tensors.map(({ data, ...tensor }) => ({ ...tensor, values: Array.from(data) })),
    }));
    expect(found).toEqual(
      groups.map((group) => ({ ...group, tensors: group.tensors.map((t) => ({ ...t })) })),
    );
  });
});

describe("what a file tells about itself", () => {
  it("depends on its content and not on its name", async () => {
    const file = path("weights.safetensors");
    await copyFile(fixture("plain.legacy.pth"), file);
    expect(right(await readEverything(file)).format).toBe("pytorch-legacy");
    const other = path("weights.pth");
    right(await writeSafetensors(other, { w: { shape: [1], data: Float32Array.of(2) } }, { dtype: "F32" })());
    expect(right(await readEverything(other))).toMatchObject({
      format: "safetensors",
      groups: [{ path: "", prefix: "", tensors: [{ name: "w", dtype: "F32", data: Float32Array.of(2) }] }],
    });
  });

  it("has numbers and texts beside the tensors as metadata", async () => {
    expect(right(await readEverything(fixture("wrapped.pth"))).metadata).toEqual({
      epoch: "3",
      lr: "0.0001",
      name: "tiny",
      ready: "true",
    });
  });

  it("groups tensors by the dict that they are members of", async () => {
    const { groups } = right(await readEverything(fixture("training.pth")));
    expect(groups.map((group) => [group.path, group.tensors.length])).toEqual([
      ["params", 9],
      ["params_ema", 8],
      ["optimizer.state.4", 3],
      ["optimizer.state.5", 3],
    ]);
  });

  it("removes module. and _orig_mod., in any order, if every name has them", async () => {
    const prefixes = await Promise.all(
      ["plain", "wrapped", "compiled", "both"].map(async (name) => {
        const [group] = right(await readEverything(fixture(`${name}.pth`))).groups;
        return [group?.prefix, group?.tensors[0]?.name];
      }),
    );
    expect(prefixes).toEqual([
      ["", "0.weight"],
      ["module.", "0.weight"],
      ["_orig_mod.", "0.weight"],
      ["module._orig_mod.", "0.weight"],
    ]);
  });
});

it("a prefix that only some names have stays", async () => {
  const file = path("mixed.safetensors");
  const one = { shape: [1], data: new Float32Array(1) };
  right(await writeSafetensors(file, { "module.a": one, b: one }, { dtype: "F32" })());
  const [group] = right(await readEverything(file)).groups;
  expect([group?.prefix, group?.tensors.map(({ name }) => name)]).toEqual(["", ["module.a", "b"]]);
});

describe("the main group", () => {
  const groupsOf = (...paths: readonly string[]) => ({
    file: "f.pth",
    groups: paths.map((p) => ({ path: p })),
  });
  const chosen = (either: E.Either<UnknownGroup, { readonly path: string }>): string =>
    E.isLeft(either) ? either.left.message : either.right.path;

  it("is the only one, or params_ema, params, state_dict or the outermost", () => {
    expect(chosen(mainGroup(groupsOf("model.ema")))).toBe("model.ema");
    expect(chosen(mainGroup(groupsOf("", "state_dict", "params_ema")))).toBe("params_ema");
    expect(chosen(mainGroup(groupsOf("params", "params_ema", "state_dict")))).toBe("params_ema");
    expect(chosen(mainGroup(groupsOf("", "optimizer.state.0", "params", "state_dict")))).toBe("params");
    expect(chosen(mainGroup(groupsOf("", "optimizer.state.0", "state_dict")))).toBe("state_dict");
    expect(chosen(mainGroup(groupsOf("a", "")))).toBe("");
  });

  it("is the one asked for", () => {
    expect(chosen(mainGroup(groupsOf("a", "params_ema"), "a"))).toBe("a");
    expect(chosen(mainGroup(groupsOf("a", ""), "b"))).toBe(
      'f.pth: it has no group "b"; it has "a", "" (the outermost)',
    );
  });

  it("is not guessed", () => {
    expect(chosen(mainGroup(groupsOf("generator", "critic")))).toBe(
      'f.pth: it has several groups of tensors; choose one: "generator", "critic"',
    );
  });
});

describe("weights for a network", () => {
  const parameters = [
    spec("0.weight", [3, 2, 3, 3]),
    spec("0.bias", [3]),
    spec("1.weight", [3]),
    spec("1.bias", [3]),
    spec("1.running_mean", [3]),
    spec("1.running_var", [3]),
    spec("2.weight", [2, 4]),
    spec("2.bias", [2]),
  ];
  const ignore = (name: string): boolean => name.endsWith("num_batches_tracked");

  it("can be read from any of the files, and are the same", async () => {
    const plain = right(await readWeights(fixture("plain.pth"), parameters, { ignore })());
    for (const name of ["plain.legacy", "wrapped", "wrapped.legacy", "protocol-4", "compiled", "both"]) {
      expect(right(await readWeights(fixture(`${name}.pth`), parameters, { ignore })())).toEqual(plain);
    }
    expect(Object.keys(plain)).toEqual(parameters.map(({ name }) => name));
  });

  it("are read from the group asked for", async () => {
    const file = fixture("training.pth");
    const averaged = right(await readWeights(file, parameters, { ignore })());
    const last = right(await readWeights(file, parameters, { ignore, path: "params" })());
    expect(averaged["2.bias"]?.data.map((x) => 2 * x)).toEqual(last["2.bias"]?.data);
    expect(await readWeights(file, parameters, { path: "ema" })()).toMatchObject({
      left: {
        _tag: "UnknownGroup",
        choices: ["params", "params_ema", "optimizer.state.4", "optimizer.state.5"],
      },
    });
  });

  it("are all compared before any is read, in one report", async () => {
    // The storage of the first tensor is damaged: it would be refused if it were read.
    const bytes = await readFile(fixture("plain.pth"));
    const file = path("damaged.pth");
    const at = bytes.indexOf("plain/data/0") + 100;
    bytes[at] = (bytes[at] as number) ^ 1;
    await writeFile(file, bytes);
    const wanted = [
      spec("0.weight", [3, 2, 1, 1]),
      spec("0.bias", [3]),
      ...parameters.slice(2, 5),
      spec("1.runing_var", [3]),
      ...parameters.slice(6),
    ];
    const read = await readWeights(file, wanted)();
    expect(read).toMatchObject({
      left: {
        _tag: "WeightsMismatch",
        mismatches: [
          { kind: "shape", key: "0.weight", expected: [3, 2, 1, 1], found: [3, 2, 3, 3] },
          { kind: "missing", key: "1.runing_var", nearest: "1.running_var" },
          { kind: "unexpected", key: "1.running_var", nearest: "1.runing_var" },
          { kind: "unexpected", key: "1.num_batches_tracked", nearest: null },
        ],
      },
    });
    expect(await readWeights(file, parameters, { ignore })()).toMatchObject({
      left: { _tag: "InvalidCheckpoint", key: "0.weight", found: expect.stringContaining("the checksum") },
    });
  });

  it("cannot be whole numbers", async () => {
    expect(
      await readWeights(fixture("integers.pth"), [spec("i64", [2, 2])], { ignore: () => true })(),
    ).toMatchObject({
      left: { key: "i64", found: "I64", expected: "numbers of F32, F16, BF16 or F64" },
    });
  });

  it("suggest the name that differs by a prefix, and none if there are too many names", async () => {
    const named = Object.fromEntries(
      ["net.a.weight", "x".repeat(300)].map((name) => [name, { shape: [1], data: new Float32Array(1) }]),
    );
    const file = path("names.safetensors");
    right(await writeSafetensors(file, named, { dtype: "F32" })());
    expect(await readWeights(file, [spec("a.weight", [1]), spec("x".repeat(299), [1])])()).toMatchObject({
      left: {
        mismatches: [
          { nearest: "net.a.weight" },
          { nearest: null },
          { nearest: "a.weight" },
          { nearest: null },
        ],
      },
    });
  });
});

describe("a storage's checksum", () => {
  it("is verified even if a tensor is only a part of it", async () => {
    const bytes = await readFile(fixture("views.pth"));
    const file = path("views.pth");
    // The last number of the storage, which `offset` (numbers 7 to 18) does not reach.
    const at = bytes.indexOf(Buffer.from(Float32Array.of(59 / 7).buffer));
    bytes[at] = (bytes[at] as number) ^ 1;
    await writeFile(file, bytes);
    const checkpoint = right(await openCheckpoint(file)());
    const entry = checkpoint.groups[0]?.entries.get("offset");
    if (entry === undefined) throw new Error("the fixture has changed");
    const read: E.Either<CheckpointError, unknown> = await checkpoint.read(entry)();
    await checkpoint.close();
    expect(read).toMatchObject({ left: { key: "offset", found: expect.stringContaining("the checksum") } });
  });
});

describe("the authors' files", () => {
  it("are read: zip, legacy and in groups", async () => {
    const unet = right(await readEverything(join(paper(), "unet_a.pth")));
    expect([unet.format, unet.groups.length, unet.groups[0]?.tensors.length]).toEqual([
      "pytorch-zip",
      1,
      266,
    ]);
    const vq = right(await readEverything(join(paper(), "vq_f8_face.legacy.pth")));
    expect([vq.format, vq.groups.length, vq.groups[0]?.tensors.length]).toEqual(["pytorch-legacy", 1, 193]);
  });
});

describe("whole numbers", () => {
  it("in PyTorch's files are not read as float32, and beyond 2^53 are refused, not rounded", async () => {
    const header = JSON.stringify({ n: { dtype: "I64", shape: [2], data_offsets: [0, 16] } });
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(BigInt(header.length));
    const file = path("whole.safetensors");
    for (const [numbers, wanted] of [
      [[-7n, 2n ** 53n - 1n], { right: { shape: [2], data: Float64Array.of(-7, 2 ** 53 - 1) } }],
      [[0n, 2n ** 53n], { left: { _tag: "InvalidSafetensors", key: "n" } }],
    ] as const) {
      const data = Buffer.from(BigInt64Array.from(numbers).buffer);
      await writeFile(file, Buffer.concat([start, Buffer.from(header), data]));
      const checkpoint = right(await openCheckpoint(file)());
      const entry = checkpoint.groups[0]?.entries.get("n");
      if (entry === undefined) throw new Error("it is not listed");
      const [whole, float] = [await checkpoint.readIntegers(entry)(), await checkpoint.read(entry)()];
      await checkpoint.close();
      expect(whole).toMatchObject(wanted);
      expect(float).toMatchObject({ left: { key: "n", found: "I64" } });
    }
  });
});

describe("float64", () => {
  it("beyond float32 is refused, not made infinite", async () => {
    const header = JSON.stringify({ w: { dtype: "F64", shape: [2], data_offsets: [0, 16] } });
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(BigInt(header.length));
    const file = path("double.safetensors");
    for (const [numbers, wanted] of [
      [[1 / 3, -2], { right: { w: { data: Float32Array.of(1 / 3, -2) } } }],
      [[1e300, 0], { left: { _tag: "InvalidSafetensors", key: "w" } }],
    ] as const) {
      await writeFile(
        file,
        Buffer.concat([start, Buffer.from(header), Buffer.from(Float64Array.from(numbers).buffer)]),
      );
      expect(await readWeights(file, [spec("w", [2])])()).toMatchObject(wanted);
    }
  });
});
