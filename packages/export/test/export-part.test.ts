/** Parts of models in memory. test/onnx-export.test.ts and its neighbours run the files in other tools. */
import { decodeMessage, MOST_INSIDE } from "@tadsr/engine-onnx";
import { describeModel } from "@tadsr/files";
import {
  describePictureFile,
  fileInMemory,
  type PictureModel,
  type PictureNetworkConfig,
  pictureNetwork,
  sinkInMemory,
  writeRandomWeights,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { isBeside } from "../src/export-part.ts";
import { type ExportOptions, exportPart, type LoadedPart, partsOf, readPart } from "../src/index.ts";

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

interface Tensor {
  readonly name: string;
  readonly rawData?: Uint8Array;
  readonly externalData: readonly { readonly key: string; readonly value: string }[];
}

interface Content {
  readonly opsetImport: readonly { readonly version: number }[];
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
  readonly graph: { readonly initializer: readonly Tensor[] };
}

const contentOf = (bytes: Uint8Array): Content => decodeMessage(bytes) as unknown as Content;

const described = async (name: string) => right(await describeModel(name)());

const CONFIG: PictureNetworkConfig = { kind: "rrdb", channels: 6, growth: 4, blocks: 1, factor: 2 };

/** A network of random weights whose file was never on a disk. */
const pictureModel = async (name: string, seed: number): Promise<PictureModel> => {
  const sink = sinkInMemory(name);
  const { parameters } = pictureNetwork(CONFIG);
  right(await writeRandomWeights(sink, parameters, { seed, dtype: "F32", format: "safetensors" })());
  const found = right(await describePictureFile({ file: fileInMemory(name, sink.bytes()) })());
  if (found === null) throw new Error(`${name} is no network of pictures`);
  return found;
};

const loadedPicture = async (model: PictureModel): Promise<LoadedPart> =>
  right(await readPart({ kind: "picture", model })());

/** Numbers of the file's weights, by name. */
const numbers = (bytes: Uint8Array, name: string): Float32Array => {
  const tensor = contentOf(bytes).graph.initializer.find((found) => found.name === name);
  return new Float32Array(Uint8Array.from(tensor?.rawData ?? []).buffer);
};

const SMALL: ExportOptions = { name: "a.onnx", size: { height: 8, width: 8 } };

describe("the parts of a model", () => {
  it("are those of its kind and its steps, and one of them is the usual one", async () => {
    expect(partsOf(await described("tiny-x4"))).toEqual({
      model: "tiny-x4",
      steps: 1,
      parts: ["step", "network"],
      usual: "step",
    });
    expect(partsOf(await described("small-x4-teacher"))).toMatchObject({
      parts: ["network"],
      usual: "network",
    });
    const model = await pictureModel("net.safetensors", 1);
    expect(partsOf({ kind: "picture", model })).toMatchObject({ model: "net", parts: ["network"] });
  });

  it.each([
    ["tiny-x4", { part: "decoder" }, "UnknownPart", /no part decoder; its parts are step, network/],
    ["small-x4-teacher", { part: "step" }, "SeveralSteps", /it takes 4; export its network/],
    ["tiny-x4", { openTime: true }, "NoTimeInput", /a step has its time built in/],
  ] as const)("of %s are not %j", async (name, choice, _tag, message) => {
    expect(await readPart(await described(name), choice)()).toEqual(
      E.left(expect.objectContaining({ _tag, message: expect.stringMatching(message) })),
    );
  });

  it("of a network of pictures have no time", async () => {
    const model = await pictureModel("net.safetensors", 1);
    expect(await readPart({ kind: "picture", model }, { openTime: true })()).toMatchObject({
      left: { _tag: "NoTimeInput", hasTime: false },
    });
  });
});

describe("a part as a file", () => {
  it("has the sizes, the opset and the licence that were asked for, and the weights under their names", async () => {
    const loaded = await loadedPicture(await pictureModel("net.safetensors", 1));
    const licence = "mine";
    const { bytes, beside, size, nodes, weightBytes } = right(
      exportPart({ ...loaded, licence }, { name: "net.onnx", size: { height: 6, width: 4 }, opset: 18 }),
    );
    expect({ beside, size }).toEqual({ beside: null, size: { height: 6, width: 4 } });
    expect(nodes).toBeGreaterThan(10);
    const { opsetImport, metadataProps, graph } = contentOf(bytes);
    expect(opsetImport).toEqual([{ version: 18 }]);
    const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
    expect(metadata).toMatchObject({ model: "net", part: "network", size: "6x4", licence });
    expect(graph.initializer.map(({ name }) => name)).toContain("body.0.rdb1.conv1.weight");
    expect(graph.initializer.reduce((sum, { rawData }) => sum + (rawData?.length ?? 0), 0)).toBe(weightBytes);
  });

  it("rounds the usual size up to the alignment, or leaves the size open", async () => {
    const loaded = await loadedPicture(await pictureModel("net.safetensors", 1));
    expect(right(exportPart(loaded, { name: "a" })).size).toEqual({ height: 64, width: 64 });
    const part = { ...loaded.part, alignment: 48 };
    expect(right(exportPart({ ...loaded, part }, { name: "a" })).size).toEqual({ height: 96, width: 96 });
    expect(right(exportPart(loaded, { name: "a", size: "any" })).size).toBe("any");
  });

  it("has all its weights at their offsets in the file beside it, when they are beside", async () => {
    const loaded = right(await readPart(await described("tiny-x4"))());
    const inside = right(exportPart(loaded, SMALL));
    const { bytes, beside } = right(exportPart(loaded, { ...SMALL, weights: "beside" }));
    expect(beside?.name).toBe("a.onnx.data");
    const data = Buffer.concat(beside?.pieces ?? []);
    const apart = contentOf(bytes).graph.initializer.filter(({ externalData }) => externalData.length > 0);
    expect(apart.length).toBeGreaterThan(5);
    for (const { name, externalData } of apart) {
      const entry = (key: string) => externalData.find((found) => found.key === key)?.value;
      expect(entry("location")).toBe("a.onnx.data");
      const offset = Number(entry("offset"));
      expect(offset % 4096).toBe(0);
      const found = data.subarray(offset, offset + Number(entry("length")));
      expect(new Float32Array(Uint8Array.from(found).buffer)).toEqual(numbers(inside.bytes, name));
    }
  });

  it("holds the weighted sum of two files", async () => {
    const [a, b] = [await pictureModel("a.safetensors", 1), await pictureModel("b.safetensors", 2)];
    const [name, ofA, ofB, ofBoth] = [
      "conv_first.weight",
      ...(await Promise.all(
        [a, b, { ...a, mix: { file: b.file, share: 0.25 } }].map(async (model) =>
          numbers(right(exportPart(await loadedPicture(model), SMALL)).bytes, "conv_first.weight"),
        ),
      )),
    ];
    expect([name, ofBoth?.length]).toEqual([name, ofA?.length]);
    expect(ofA?.length).toBeGreaterThan(100);
    expect(ofBoth).toEqual(ofA?.map((value, i) => Math.fround(0.75 * value + 0.25 * (ofB?.[i] ?? 0))));
  });

  it.each([
    [{ size: { height: 7, width: 8 } }, "InvalidSize", /^size 7x8: .*multiples of 2; give such a size$/],
    [{ size: { height: 0, width: 8 } }, "InvalidSize", /^size 0x8/],
    [{ size: "any", winograd: true }, "NoWinograd", /give a size/],
    [{ dtype: "float16", winograd: true }, "NoWinograd", /too much in float16/],
    [{ opset: 17 }, "UnknownOpset", /opset 17 is not written; allowed are 18, 19/],
  ] as const)("is refused with %j", async (options, _tag, message) => {
    const loaded = await loadedPicture(await pictureModel("net.safetensors", 1));
    expect(exportPart(loaded, { name: "a", ...options })).toEqual(
      E.left(expect.objectContaining({ _tag, message: expect.stringMatching(message) })),
    );
  });

  it("puts weights beside it if it cannot hold them, and then never inside", () => {
    expect(isBeside("auto", MOST_INSIDE)).toEqual(E.right(false));
    expect(isBeside("auto", MOST_INSIDE + 1)).toEqual(E.right(true));
    expect(isBeside("beside", 1)).toEqual(E.right(true));
    expect(isBeside("inside", MOST_INSIDE + 1)).toMatchObject({ left: { _tag: "TooLargeInside" } });
  });
});
