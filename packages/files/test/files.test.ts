import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileUnwritable, openCheckpoint, readWhole, sinkInMemory, writeWeights } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { afterAll, describe, expect, it, test } from "vitest";
import * as files from "../src/index.ts";
import { fileOnDisk, findModel, loadModel, replaceFile, shippedModels } from "../src/index.ts";

const folder = await mkdtemp(join(tmpdir(), "tadsr-files-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

describe("a file on the disk", () => {
  it("gives any range, cut off at its end", async () => {
    await writeFile(at("five"), Uint8Array.of(0, 1, 2, 3, 4));
    const source = right(await fileOnDisk(at("five")).open());
    expect(source.size).toBe(5);
    const ranges = await Promise.all([source.read(1, 2), source.read(3, 9), source.read(7, 2)]);
    expect(ranges).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3, 4), new Uint8Array(0)]);
    await source.close();
  });

  it("that cannot be read gives an error of one line", async () => {
    expect(await readWhole(fileOnDisk(at("absent")))()).toMatchObject({
      left: { message: `${at("absent")}: it cannot be read: it does not exist` },
    });
    expect(await readWhole(fileOnDisk(folder))()).toMatchObject({
      left: { message: `${folder}: it cannot be read: it is a folder` },
    });
  });

  const handles = "/proc/self/fd";
  it.skipIf(!existsSync(handles))(
    `is closed, read or refused (skipped: no ${handles}, run it on Linux)`,
    async () => {
      const model = join(right(await findModel("tiny-x4")()), "model.safetensors");
      await writeFile(at("cut.safetensors"), (await readFile(model)).subarray(0, 5000));
      const before = (await readdir(handles)).length;
      for (const path of [model, at("cut.safetensors"), folder, at("five")]) {
        await files.readSafetensors(path)();
        await files.readWeights(path, [])();
        await files.describePictureFile({ file: path })();
        await files.convertWeights({ file: path }, at("copy.pth"), { format: "pytorch-zip" })();
        await files.convertWeights({ file: path }, at("none/copy.pth"), { format: "pytorch-zip" })();
      }
      expect((await readdir(handles)).length).toBe(before);
    },
  );
});

describe("replacing a file", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const words = (name: string) => readFile(at(name), "utf8");

  it("puts all that was written in its place, and gives the writer's result", async () => {
    await writeFile(at("kept"), "former");
    const write = replaceFile(at("kept"), (draft) => async () => {
      await draft.write(bytes);
      expect(await words("kept")).toBe("former");
      await draft.write(bytes);
      return E.right(draft.name);
    });
    expect(await write()).toEqual(E.right(at("kept")));
    expect(new Uint8Array(await readFile(at("kept")))).toEqual(Uint8Array.of(1, 2, 3, 1, 2, 3));
  });

  it("by nothing makes an empty file", async () => {
    expect(await replaceFile(at("empty"), () => TE.right(undefined))()).toEqual(E.right(undefined));
    expect(await words("empty")).toBe("");
  });

  it("leaves the old file, and no draft, if the writer fails or throws", async () => {
    await writeFile(at("former"), "former");
    const before = (await readdir(folder)).sort();
    const refused = replaceFile(at("former"), (draft) => async () => {
      await draft.write(bytes);
      return E.left("refused");
    });
    expect(await refused()).toEqual(E.left("refused"));
    const broken = replaceFile(at("former"), (draft) => async () => {
      await draft.write(bytes);
      throw new Error("broken");
    });
    expect(await broken()).toEqual(E.left(fileUnwritable(at("former"), new Error("broken"))));
    expect((await readdir(folder)).sort()).toEqual(before);
    expect(await words("former")).toBe("former");
  });

  it("in a folder that does not exist gives an error with the file's name", async () => {
    const write = (name: string) => files.writeSafetensors(at(name), {}, { dtype: "F32" })();
    expect(await write("none/here.safetensors")).toMatchObject({
      left: { message: `${at("none/here.safetensors")}: it cannot be written: its folder does not exist` },
    });
  });
});

test("a file and memory get the same bytes", async () => {
  const tensor = { shape: [3], data: Float32Array.of(1, -2, 0.5) };
  const tensors = [
    { name: "w", dtype: "BF16", shape: [3], read: () => Promise.resolve(E.right(tensor)) },
  ] as const;
  for (const format of ["safetensors", "pytorch-zip"] as const) {
    const sink = sinkInMemory(format);
    right(await writeWeights(sink, tensors, { format })());
    right(await files.writeWeights(at(format), tensors, { format })());
    expect(new Uint8Array(await readFile(at(format)))).toEqual(sink.bytes());
    const opened = right(await openCheckpoint(fileOnDisk(at(format)))());
    expect(opened.file).toBe(at(format));
    await opened.close();
  }
});

test("a source that cannot be read is reported before a target that cannot be written", async () => {
  const converted = files.convertWeights({ file: at("absent") }, at("none/copy.pth"), {
    format: "pytorch-zip",
  });
  expect(await converted()).toMatchObject({ left: { _tag: "FileUnreadable", file: at("absent") } });
});

test("the shipped models are found and load", async () => {
  const names = await shippedModels();
  expect(names).toContain("small-x4");
  for (const name of names)
    expect(await loadModel(right(await findModel(name)()))()).toMatchObject({ right: {} });
});
