/** `tadsr export`: what it writes and what it refuses. test/onnx-export.test.ts runs the files in other tools. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeMessage } from "@tadsr/engine-onnx";
import { describePaperFiles, loadModel, saveModel } from "@tadsr/files";
import { NOISY_INPUT } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../src/program.ts";
import { memoryShell, temporaryFolder } from "./memory-shell.ts";
import { saveTinyModel, tinyDescription, tinyStackDescription } from "./tiny-model.ts";
import { saveRandom, tinyAutoencoder, tinyUNet } from "./tiny-paper-networks.ts";
import { savePictureNetwork, tinyRrdb } from "./tiny-picture-networks.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const at = (name: string): string => join(folder.path, name);

const exporting = async (...words: readonly string[]) => {
  const memory = memoryShell(folder.path);
  const code = await run(memory.shell, ["export", ...words]);
  return { code, out: memory.out(), err: memory.err() };
};

interface Named {
  readonly name: string;
}

interface Node {
  readonly opType: string;
  readonly domain?: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly (Named & { readonly i?: number })[];
}

interface Tensor extends Named {
  readonly dataType: number;
  readonly dims: readonly number[];
  readonly rawData?: Uint8Array;
  readonly externalData: readonly { readonly key: string; readonly value: string }[];
}

interface Content {
  readonly opsetImport: readonly { readonly version: number }[];
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
  readonly graph: {
    readonly node: readonly Node[];
    readonly initializer: readonly Tensor[];
    readonly input: readonly Named[];
    readonly output: readonly Named[];
  };
}

const contentOf = (name: string): Content => decodeMessage(readFileSync(at(name))) as unknown as Content;

const inputsOf = (name: string): readonly string[] => contentOf(name).graph.input.map((input) => input.name);

const entry = (tensor: Tensor | undefined, key: string): string | undefined =>
  tensor?.externalData.find((found) => found.key === key)?.value;

/** Folders of the paper's kind: one with one step and factor 4, and the faces' with four steps. */
const savePaperFolder = async (name: string, steps: number): Promise<void> => {
  mkdirSync(at(name));
  const files = {
    network: { file: at(`${name}/model.safetensors`) },
    autoencoder: { file: at(`${name}/autoencoder.safetensors`) },
  };
  await saveRandom(files.network.file, tinyUNet);
  await saveRandom(files.autoencoder.file, tinyAutoencoder);
  const described = await describePaperFiles(files)();
  if (E.isLeft(described)) throw new Error(described.left.message);
  writeFileSync(at(`${name}/model.json`), JSON.stringify({ ...described.right.description, name, steps }));
};

describe("tadsr export", () => {
  it("writes a step by default, and says what it wrote", async () => {
    await saveTinyModel(at("tiny"));
    const { code, out, err } = await exporting("tiny", "-o", "a.onnx");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(
      /^tiny -> a\.onnx: step, size 64x64, float32, opset 20, \d+ nodes, weights \d+\.\d MB\n$/,
    );
    expect(readdirSync(folder.path).sort()).toEqual(["a.onnx", "tiny"]);
    const { graph, metadataProps } = contentOf("a.onnx");
    expect(inputsOf("a.onnx")).toEqual(["picture", "noise"]);
    expect(graph.output.map(({ name }) => name)).toEqual(["result"]);
    expect(new Set(graph.node.map(({ domain }) => domain))).toEqual(new Set([undefined]));
    const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
    expect(JSON.parse(metadata.configuration ?? "")).toEqual(tinyDescription);
    expect(Object.keys(JSON.parse(metadata.values ?? ""))).toEqual(["picture", "noise", "result"]);
    expect(metadata).toMatchObject({ model: "tiny", part: "step", size: "64x64", dtype: "float32" });
    expect(metadata.licence).toMatch(/^the weights' own licence, which the people who trained them choose/);
    expect(metadata.seed).toMatch(/Philox 4x32-10/);
  });

  it("asks for no noise if the model's weights read none", async () => {
    await saveTinyModel(at("deaf"), tinyStackDescription, NOISY_INPUT);
    await saveTinyModel(at("hearing"), tinyStackDescription);
    for (const [name, inputs] of [
      ["deaf", ["picture"]],
      ["hearing", ["picture", "noise"]],
    ] as const) {
      const { code, err } = await exporting(name, "-o", `${name}.onnx`, "--size", "8x8");
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(inputsOf(`${name}.onnx`)).toEqual(inputs);
      const { graph, metadataProps } = contentOf(`${name}.onnx`);
      const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
      expect(Object.keys(JSON.parse(metadata.values ?? ""))).toEqual([...inputs, "result"]);
      expect("seed" in metadata).toBe(name === "hearing");
      const used = new Set(graph.node.flatMap(({ input }) => input));
      expect(inputs.filter((input) => !used.has(input))).toEqual([]);
    }
  });

  it("states the licence of a shipped model's weights", async () => {
    await exporting("small-x4", "-o", "a.onnx", "--size", "8x8");
    const { metadataProps } = contentOf("a.onnx");
    expect(metadataProps.find(({ key }) => key === "licence")?.value).toMatch(/^Apache-2\.0/);
  });

  it("keeps weights under their parameters' names, as they are", async () => {
    await saveTinyModel(at("tiny"));
    await exporting("tiny", "-o", "a.onnx");
    const model = await loadModel(at("tiny"))();
    if (E.isLeft(model)) throw new Error(model.left.message);
    const tensors = contentOf("a.onnx").graph.initializer;
    const kernel = tensors.find(({ name }) => name === "down.0.0.conv1.weight");
    expect(kernel?.dims).toEqual([8, 8, 3, 3]);
    expect(Float32Array.from(model.right.weights["down.0.0.conv1.weight"]?.data ?? [])).toEqual(
      new Float32Array(Uint8Array.from(kernel?.rawData ?? []).buffer),
    );
    expect(new Set(tensors.map(({ name }) => name)).size).toBe(tensors.length);
  });

  it("writes a teacher's network by default, with the time as an input", async () => {
    const { code } = await exporting("small-x4-teacher", "-o", "a.onnx", "--dynamic", "--opset", "18");
    expect(code).toBe(0);
    expect(inputsOf("a.onnx")).toEqual(["input", "condition", "time"]);
    expect(contentOf("a.onnx").opsetImport).toEqual([{ version: 18 }]);
  });

  it("takes the authors' files, and folders of them", async () => {
    await savePaperFolder("one", 1);
    await savePaperFolder("many", 4);
    const inputs = async (...words: readonly string[]): Promise<readonly string[]> => {
      const { code, err } = await exporting(...words, "-o", "a.onnx", "--force");
      expect({ code, err }).toEqual({ code: 0, err: "" });
      return inputsOf("a.onnx");
    };
    expect(await inputs("one")).toEqual(["picture", "noise"]);
    expect(await inputs("one", "--part", "network")).toEqual(["input", "condition"]);
    expect(await inputs("one", "--part", "network", "--open-time")).toEqual(["input", "condition", "time"]);
    expect(await inputs("many")).toEqual(["input", "condition", "time"]);
    expect(await inputs("many", "--part", "encoder", "--dynamic")).toEqual(["picture"]);
    expect(await inputs("many", "--part", "decoder", "--size", "8x12")).toEqual(["z_0"]);
    const files = ["one/model.safetensors", "--autoencoder", "one/autoencoder.safetensors"];
    const { code, err } = await exporting(...files, "--config", "faceir-s4", "-o", "b.onnx");
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringMatching(/^(tadsr: one\/model\.safetensors: assumed: [^\n]*\n)?$/),
    });
    expect(inputsOf("b.onnx")).toEqual(["input", "condition", "time"]);
  });

  it("takes a network of Real-ESRGAN's, between pictures in [-1, 1]", async () => {
    await savePictureNetwork(at("net.pth"), tinyRrdb);
    const { code, out, err } = await exporting("net.pth", "-o", "a.onnx", "--dynamic");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^net\.pth -> a\.onnx: network, size any, float32, opset 20, \d+ nodes, /);
    expect(inputsOf("a.onnx")).toEqual(["picture"]);
    const { graph, metadataProps } = contentOf("a.onnx");
    expect(graph.initializer.map(({ name }) => name)).toContain("body.0.rdb1.conv1.weight");
    const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
    expect(JSON.parse(metadata.configuration ?? "")).toEqual({ name: "net", network: tinyRrdb });
    expect(metadata.licence).toMatch(/^the weights' own licence, from their authors/);
    expect(metadata.use).toMatch(/^Makes the picture 2 times larger, with no noise/);
    const values = JSON.parse(metadata.values ?? "") as Readonly<Record<string, string>>;
    expect(values.picture).toMatch(/in \[-1, 1\].*multiples of 2$/);
    expect(values.result).toMatch(/^\[1, 3, 2 h, 2 w\]: also in \[-1, 1\]/);
    expect(metadata).not.toHaveProperty("seed");
  });

  it("puts weights beside the file, at whole pages, and replaces both files with --force", async () => {
    await saveTinyModel(at("tiny"));
    await exporting("tiny", "-o", "inside.onnx");
    writeFileSync(at("a.onnx"), "old");
    writeFileSync(at("a.onnx.data"), "old");
    const { code, out } = await exporting("tiny", "-o", "a.onnx", "--weights", "beside", "--force");
    expect(code).toBe(0);
    expect(out).toMatch(/ beside, in a\.onnx\.data\n$/);
    const named = (file: string) =>
      contentOf(file).graph.initializer.find(({ name }) => name === "input.weight");
    const weight = named("a.onnx");
    const [offset, length] = [Number(entry(weight, "offset")), Number(entry(weight, "length"))];
    expect(entry(weight, "location")).toBe("a.onnx.data");
    expect(offset % 4096).toBe(0);
    expect(weight?.rawData?.length ?? 0).toBe(0);
    const kept = readFileSync(at("a.onnx.data")).subarray(offset, offset + length);
    expect(kept.equals(Buffer.from(named("inside.onnx")?.rawData ?? []))).toBe(true);
    expect(readdirSync(folder.path).sort()).toEqual(["a.onnx", "a.onnx.data", "inside.onnx", "tiny"]);
  });
});

const FLOAT32 = 1;

/** Whether a value was cast to float32, or comes from such values only through moves and sums. */
const isFloat32 = (nodes: readonly Node[], value: string | undefined): boolean => {
  const node = nodes.find(({ output }) => output[0] === value);
  if (node?.opType === "Cast") return node.attribute.find(({ name }) => name === "to")?.i === FLOAT32;
  return (
    ["Reshape", "Transpose", "Add", "Sub", "Mul", "ReduceMean"].includes(node?.opType ?? "") &&
    isFloat32(nodes, node?.input[0])
  );
};

/** Whether a norm's deviation is made of sums without a cast in between: in float32, as those are. */
const isOfSums = (nodes: readonly Node[], value: string | undefined): boolean => {
  const node = nodes.find(({ output }) => output[0] === value);
  if (node === undefined || node.opType === "Cast") return false;
  return node.opType === "ReduceMean" || isOfSums(nodes, node.input[0]);
};

it("tadsr export --dtype float16 computes norms and softmax in float32, and compares distances so", async () => {
  await savePaperFolder("one", 1);
  await exporting("one", "-o", "a.onnx", "--dtype", "float16");
  const { node, initializer } = contentOf("a.onnx").graph;
  const of = (op: string): readonly Node[] => node.filter(({ opType }) => opType === op);
  const norms = [...of("InstanceNormalization"), ...of("BatchNormalization"), ...of("ReduceMean")];
  for (const found of [norms, of("Softmax")]) {
    expect(found.length).toBeGreaterThan(0);
    for (const { input } of found) expect(isFloat32(node, input[0])).toBe(true);
  }
  for (const { input } of of("Sqrt")) expect(isOfSums(node, input[0])).toBe(true);
  const typeOf = (name: string | undefined) => initializer.find((tensor) => tensor.name === name)?.dataType;
  const [nearest] = of("ArgMin");
  const distances = node.find(({ output }) => output[0] === nearest?.input[0]);
  expect(typeOf(distances?.input[1])).toBe(FLOAT32);
  expect(isFloat32(node, distances?.input[0])).toBe(true);
  const kernels = of("Conv").map(({ input }) => typeOf(input[1]));
  expect(new Set(kernels)).toEqual(new Set([10]));
});

/** Expects one line on standard error, and nothing written. */
const refused = async (words: readonly string[], code: number, message: RegExp): Promise<void> => {
  const before = readdirSync(folder.path).sort();
  const done = await exporting(...words);
  expect(done.err).toMatch(/^tadsr: [^\n]*\n$/);
  expect(done.err).toMatch(message);
  expect(done).toMatchObject({ code, out: "" });
  expect(readdirSync(folder.path).sort()).toEqual(before);
};

describe("tadsr export refuses, with one line,", () => {
  const small = (...words: readonly string[]): readonly string[] => ["small-x4", "-o", "a.onnx", ...words];

  it.each([
    [["--opset", "17"], /Allowed choices are 18, 19, 20, 21, 22, 23/],
    [["--dtype", "int8"], /Allowed choices are float32, float16/],
    [["--part", "teacher"], /Allowed choices are step, network, encoder, decoder, chain/],
    [["--part", "decoder"], /small-x4 has none; its parts are step, network/],
    [["--dynamic", "--size", "64x64"], /take one of the two/],
    [["--size", "64"], /HEIGHTxWIDTH/],
    [["--size", "66x64"], /--size 66x64: the sides of what step reads are multiples of 4/],
    [["--open-time"], /--open-time is for --part network; a step has its time built in/],
    [["--winograd", "--dynamic"], /--winograd .*give --size/],
    [["--winograd", "--dtype", "float16"], /--winograd loses too much/],
  ])("%j", (words, message) => refused(small(...words), 2, message));

  it("no place for the output", async () => {
    await refused(["small-x4"], 2, /--out <file>' not specified/);
    writeFileSync(at("a.onnx"), "mine");
    await refused(small(), 1, /output a\.onnx exists already; add --force/);
    writeFileSync(at("b.onnx.data"), "mine");
    await refused(["small-x4", "-o", "b.onnx", "--weights", "beside"], 1, /b\.onnx\.data exists already/);
    await refused(["small-x4", "-o", "none/a.onnx"], 1, /its folder does not exist/);
    await refused(["none", "-o", "c.onnx"], 1, /none: neither a shipped model nor a folder/);
    expect(readFileSync(at("a.onnx"), "utf8")).toBe("mine");
  });

  it("one step of a model that takes several", async () => {
    await refused(
      ["small-x4-teacher", "-o", "a.onnx", "--part", "step"],
      2,
      /takes 4: export --part network/,
    );
    await savePaperFolder("faces", 4);
    const faces = ["faces", "-o", "a.onnx"];
    await refused([...faces, "--part", "chain"], 2, /chain is one step, but faces takes 4/);
    await refused([...faces, "--part", "chain", "--open-time"], 2, /chain is one step/);
    await refused([...faces, "--part", "step"], 2, /its parts are chain, network, encoder, decoder/);
    await refused([...faces, "--size", "64x65"], 2, /multiples of 64/);
    await refused(
      [...faces, "--dynamic"],
      2,
      /--dynamic: network cannot leave the size open \(.*give --size/,
    );
  });

  it("what a network of Real-ESRGAN's lacks: other parts, a time, odd sides if it folds pixels", async () => {
    await savePictureNetwork(at("net.pth"), tinyRrdb);
    const net = ["net.pth", "-o", "a.onnx"];
    await refused([...net, "--part", "step"], 2, /step: net has none; its parts are network/);
    await refused([...net, "--open-time"], 2, /--open-time: net is a network without time/);
    await refused([...net, "--size", "63x64"], 2, /multiples of 2/);
    await refused([...net, "--autoencoder", "net.pth"], 2, /--autoencoder has no meaning for net/);
  });

  it("a weight that float16 cannot hold", async () => {
    await saveTinyModel(at("tiny"));
    const model = await loadModel(at("tiny"))();
    if (E.isLeft(model)) throw new Error(model.left.message);
    const { description, weights } = model.right;
    const [shape, data] = [[8], Float32Array.of(1, 70_000, 1, 1, 1, 1, 1, 1)];
    await saveModel(
      at("large"),
      description,
      { ...weights, "input.bias": { shape, data } },
      { dtype: "F32" },
    )();
    await refused(["large", "-o", "a.onnx", "--dtype", "float16"], 1, /large|tiny.* 70000, which float16/);
    expect((await exporting("large", "-o", "a.onnx")).code).toBe(0);
  });
});
