/** Models and their files can be bundled for a browser without Node's modules, and the bundle works. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createContext, Script } from "node:vm";
import { uniform } from "@tadsr/core";
import { decodeMessage } from "@tadsr/engine-onnx";
import { findModel } from "@tadsr/files";
import { convertWeights, fileInMemory, type Picture, sinkInMemory } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { build, type Plugin } from "vite";
import { beforeAll, describe, expect, it } from "vitest";
import * as program from "./browser-program.ts";

const PROGRAM = join(import.meta.dirname, "browser-program.ts");
const FIXTURES = join(import.meta.dirname, "..", "packages", "model", "test", "fixtures", "pytorch");

/** Serves a text as the module of that path, where no file exists. */
const textModule = (name: string, text: string): Plugin => ({
  name: "text",
  resolveId: (id) => (id === name ? name : null),
  load: (id) => (id === name ? text : null),
});

/** How a module of Node's appears in a bundle: by its name, or as vite's replacement for it. */
const OF_NODE = /\bnode:[\w/]+|__vite-browser-external(:[\w/]+)?/g;

interface Bundle {
  readonly code: string;
  /** The modules of Node's that it asks for, each time they are seen. */
  readonly ofNode: readonly string[];
}

/** A program as one script for browsers. Its exports are the properties of `program`. */
const bundle = async (entry: string, plugins: readonly Plugin[] = []): Promise<Bundle> => {
  const built = await build({
    configFile: false,
    logLevel: "silent",
    root: import.meta.dirname,
    plugins: [...plugins],
    build: { write: false, minify: false, lib: { entry, name: "program", formats: ["iife"] } },
  });
  const chunks = [built].flat().flatMap((result) => ("output" in result ? result.output : []));
  const [chunk, ...others] = chunks.filter((output) => output.type === "chunk");
  if (chunk === undefined || others.length > 0) throw new Error("expected one script");
  const seen = [...chunk.imports, ...chunk.dynamicImports, ...chunk.moduleIds, chunk.code];
  return { code: chunk.code, ofNode: seen.flatMap((text) => text.match(OF_NODE) ?? []) };
};

/** What both a page and Node have, besides the language itself. The program gets nothing else, and cannot run text as code. */
const globalsOfPages = { Blob, DecompressionStream, TextDecoder, TextEncoder, setTimeout };

const small: Picture = {
  width: 6,
  height: 5,
  channels: 3,
  data: Uint8Array.from(uniform({ seed: 5, stream: 0 }, 0, 90), (value) => 256 * value),
};

/** As plain data: an object of another context has other prototypes. */
const plain = (result: Picture | string): unknown =>
  typeof result === "string" ? result : { ...result, data: Array.from(result.data) };

const shipped = async (file: string): Promise<Uint8Array> => {
  const folder = await findModel("tiny-x4")();
  if (E.isLeft(folder)) throw new Error(folder.left.message);
  return readFile(join(folder.right, file));
};

/** The same weights as a PyTorch file. */
const asTorch = async (safetensors: Uint8Array): Promise<Uint8Array> => {
  const sink = sinkInMemory("weights.pth");
  const source = { file: fileInMemory("model.safetensors", safetensors) };
  const converted = await convertWeights(source, sink, { format: "pytorch-zip" })();
  if (E.isLeft(converted)) throw new Error(converted.left.message);
  return sink.bytes();
};

describe("a program that reads models and upscales pictures", () => {
  let bundled: Bundle;
  let inPage: typeof program;
  beforeAll(async () => {
    bundled = await bundle(PROGRAM);
    const page = createContext({ ...globalsOfPages }, { codeGeneration: { strings: false, wasm: true } });
    new Script(bundled.code).runInContext(page);
    inPage = new Script("program").runInContext(page);
  });

  it("is bundled without Node's modules", () => {
    expect(bundled.ofNode).toEqual([]);
  });

  it("upscales in a page as in Node, from safetensors and from PyTorch's zip", async () => {
    const [description, weights] = [await shipped("model.json"), await shipped("model.safetensors")];
    const expected = plain(await program.upscaledPicture(description, weights, small));
    expect(expected).toMatchObject({ width: 24, height: 20 });
    expect(plain(await inPage.upscaledPicture(description, weights, small))).toEqual(expected);
    expect(plain(await inPage.upscaledPicture(description, await asTorch(weights), small))).toEqual(expected);
  });

  it("makes the same ONNX file of a model as in Node, and no code of text for it", async () => {
    const [description, weights] = [await shipped("model.json"), await shipped("model.safetensors")];
    const file = await program.onnxFile(description, weights);
    if (typeof file === "string") throw new Error(file);
    expect(decodeMessage(file)).toMatchObject({ graph: { output: [{ name: "result" }] } });
    const made = await inPage.onnxFile(description, weights);
    if (typeof made === "string") throw new Error(made);
    expect(Buffer.from(made).equals(Buffer.from(file))).toBe(true);
  });

  it("says in one line what is wrong with a file", async () => {
    const [description, weights] = [await shipped("model.json"), await shipped("model.safetensors")];
    expect(await inPage.upscaledPicture(description, weights.subarray(0, -1), small)).toMatch(
      /^weights: found \d+ bytes \(the file is cut off\), expected \d+ bytes of tensors/,
    );
  });

  it("reads a file that the user chose, deflated or as it was before PyTorch 1.6", async () => {
    for (const name of ["deflated.pth", "plain.legacy.pth"]) {
      const file = new Blob([await readFile(join(FIXTURES, name))]);
      const found = await inPage.firstNumbers(file);
      expect(found.length).toBeGreaterThan(1);
      expect([...found]).toEqual(await program.firstNumbers(file));
    }
  });
});

it.each([
  ["@tadsr/verify/plain", "verifyFolder"],
  ["@tadsr/train/algorithm-one", "runAlgorithmOne"],
])("%s is bundled without Node's modules", async (module, name) => {
  const path = join(import.meta.dirname, "plain.ts");
  const { code, ofNode } = await bundle(path, [textModule(path, `export { ${name} } from "${module}";`)]);
  expect(code).toContain(name);
  expect(ofNode).toEqual([]);
});

it.each([
  ["a package that reads files", 'export { loadModel } from "@tadsr/files";'],
  ["the comparison of a folder on a disk", 'export { verifyManifest } from "@tadsr/verify";'],
  ["one of Node's modules", 'export { join } from "node:path";'],
  ["one that is imported when it is needed", 'export const files = () => import("node:fs/promises");'],
])("the bundle of %s is found to ask for Node's modules", async (_, text) => {
  const name = join(import.meta.dirname, "planted.ts");
  const planted = await bundle(name, [textModule(name, text)]);
  expect(planted.ofNode).not.toEqual([]);
});
