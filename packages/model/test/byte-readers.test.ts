/** Readers and writers with files that are not on a disk: what they read, how much of it, and that they close it. */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import {
  architectureOf,
  type ByteFile,
  checkModel,
  describePictureFile,
  fileInMemory,
  fileOfBlob,
  openCheckpoint,
  readFeatureNetwork,
  readModel,
  readWeights,
  sinkInMemory,
  type WeightFormat,
  writeDescription,
  writeModelWeights,
  writeWeights,
} from "../src/index.ts";
import { readEverything } from "./checkpoint/read-everything.ts";
import { watchedFile } from "./checkpoint/watched-file.ts";
import { randomModel, tinyDescription } from "./fixtures.ts";

const FIXTURES = fileURLToPath(new URL("fixtures/pytorch/", import.meta.url));
const names = (await readdir(FIXTURES)).filter((name) => name.endsWith(".pth"));
const bytesOf = (name: string): Promise<Buffer<ArrayBuffer>> => readFile(`${FIXTURES}${name}`);

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

const { weights, network } = randomModel();

/** The two files of a model, written to memory. */
const written = async (dtype: "F32" | "F16") => {
  const [description, model] = [sinkInMemory("model.json"), sinkInMemory("model.safetensors")];
  const checked = right(
    checkModel({ description: description.name, weights: model.name }, tinyDescription, weights),
  );
  right(await writeModelWeights(model, checked, weights, { dtype })());
  right(await writeDescription(description, checked)());
  return { description: description.bytes(), weights: model.bytes() };
};

/** A file of one large tensor, 4 MB. */
const largeFile = async (format: WeightFormat): Promise<Uint8Array> => {
  const sink = sinkInMemory("large");
  const tensor = { shape: [2 ** 20], data: new Float32Array(2 ** 20).fill(0.5) };
  const read = async () => E.right(tensor);
  right(await writeWeights(sink, [{ name: "w", dtype: "F32", shape: tensor.shape, read }], { format })());
  return sink.bytes();
};

describe("a file in memory, or a Blob, is read as on the disk", () => {
  it.each(names)("%s", async (name) => {
    const bytes = await bytesOf(name);
    const onDisk = right(await readEverything(`${FIXTURES}${name}`));
    expect(right(await readEverything(fileInMemory(name, bytes)))).toEqual(onDisk);
    expect(right(await readEverything(fileOfBlob(name, new Blob([bytes]))))).toEqual(onDisk);
  });

  it("a model that was written to memory, too", async () => {
    const bytes = await written("F32");
    const model = right(
      await readModel({
        description: fileInMemory("model.json", bytes.description),
        weights: fileInMemory("model.safetensors", bytes.weights),
      })(),
    );
    expect(model.description).toEqual(tinyDescription);
    expect(model.weights).toEqual(weights);
    // Changing the weights does not change the file.
    model.weights["input.bias"]?.data.fill(7);
    expect(await written("F32")).toEqual(bytes);
  });
});

describe("only what is asked for is read", () => {
  it.each(["safetensors", "pytorch-zip"] as const)("%s", async (format) => {
    const { file, use } = watchedFile(await largeFile(format));
    const checkpoint = right(await openCheckpoint(file)());
    expect(use().bytes).toBeLessThan(2000);
    expect(use()).toMatchObject({ opened: 1, open: 1 });
    const entry = checkpoint.groups[0]?.entries.get("w");
    if (entry === undefined) throw new Error("the file has no w");
    expect(right(await checkpoint.read(entry)()).data[2 ** 20 - 1]).toBe(0.5);
    await checkpoint.close();
    expect(use().open).toBe(0);
    expect(use().bytes).toBeLessThan(2 ** 22 + 2000);
  });
});

describe("what is opened is closed", () => {
  const readers: readonly (readonly [string, (file: ByteFile) => Promise<E.Either<unknown, unknown>>])[] = [
    ["readEverything", (file) => readEverything(file)],
    ["readWeights", (file) => readWeights(file, network.parameters)()],
    ["architectureOf", (file) => architectureOf({ file })()],
    ["describePictureFile", (file) => describePictureFile({ file })()],
    ["readFeatureNetwork", (file) => readFeatureNetwork(file, file)()],
    ["readModel", (file) => readModel({ description: file, weights: file })()],
    [
      "readModel with another description",
      async (file) => {
        const { description } = await written("F32");
        return readModel({ description: fileInMemory("model.json", description), weights: file })();
      },
    ],
  ];

  it.each(readers)(
    "by %s: whole files, cut files, and files that fail while they are read",
    async (_, read) => {
      const whole = await Promise.all(["plain.pth", "plain.legacy.pth", "deflated.pth"].map(bytesOf));
      for (const bytes of [...whole, (await written("F16")).weights]) {
        const damaged = [1, 0.99, 0.5, 0.1, 0].map((share) => bytes.subarray(0, share * bytes.length));
        for (const [i, each] of damaged.entries())
          for (const failing of [1, 2, 3, 5, Number.POSITIVE_INFINITY]) {
            const { file, use } = watchedFile(each, failing);
            const result = await read(file);
            if (i > 0 || failing === 1) expect(E.isLeft(result)).toBe(true);
            expect(use().opened).toBeGreaterThan(0);
            expect(use().open).toBe(0);
          }
      }
    },
  );

  it("and the error has the reason and the file's name", async () => {
    const { file } = watchedFile(await bytesOf("plain.pth"), 2);
    expect(await readWeights(file, [])()).toMatchObject({
      left: { _tag: "FileUnreadable", message: "watched: it cannot be read: the cable is out" },
    });
  });
});

describe("writing", () => {
  it("that fails gives an error with the sink's name", async () => {
    const sink = { name: "full", write: () => Promise.reject(new Error("no room")) };
    expect(await writeDescription(sink, tinyDescription)()).toMatchObject({
      left: { _tag: "FileUnwritable", message: "full: it cannot be written: no room" },
    });
    expect(await writeModelWeights(sink, tinyDescription, weights, { dtype: "F32" })()).toMatchObject({
      left: { _tag: "FileUnwritable", message: "full: it cannot be written: no room" },
    });
    for (const format of ["safetensors", "pytorch-zip"] as const)
      expect(await writeWeights(sink, [], { format })()).toMatchObject({ left: { _tag: "FileUnwritable" } });
  });
});
