import { mkdir, readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { elements, type NdArray, normal } from "@tadsr/core";
import { openSafetensors, readSafetensors, writeSafetensors } from "@tadsr/files";
import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./temporary-folder.ts";

const path = await temporaryFolder();

const array = (...shape: readonly number[]): NdArray => {
  const count = elements(shape);
  return { shape, data: new Float32Array(normal({ seed: 2, stream: count }, 0, count)) };
};

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

/** A file with this header, as text or as an object, and this many bytes after it. */
const fileOf = async (name: string, header: unknown, dataBytes: number, length?: number): Promise<string> => {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(length ?? text.length));
  const file = path(`${name}.safetensors`);
  await writeFile(file, Buffer.concat([start, text, Buffer.alloc(dataBytes)]));
  return file;
};

/** The message of a file that must be refused, without the file's path. */
const refusal = async (file: string): Promise<string> => {
  const read = await readSafetensors(file)();
  if (E.isRight(read)) throw new Error("it was accepted");
  const { message } = read.left;
  expect(message.startsWith(`${file}: `)).toBe(true);
  expect(message).not.toContain("\n");
  return message.slice(file.length + 2);
};

const float = (shape: readonly number[], begin: number, end: number) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

describe("writing and reading", () => {
  it("gives back names, shapes, metadata and, in F32, every bit", async () => {
    const tensors = {
      "down.0.weight": array(3, 2, 1, 1),
      bias: array(5),
      scalar: array(),
      empty: array(0, 4),
      "": array(2),
      __proto__x: array(1),
    };
    const metadata = { format: "tadsr-model/1", 'quote "': "ü" };
    const file = path("round.safetensors");
    right(await writeSafetensors(file, tensors, { dtype: "F32", metadata })());
    const read = right(await readSafetensors(file)());
    expect(read.metadata).toEqual(metadata);
    expect(read.tensors).toEqual(tensors);
  });

  it("keeps any shapes and values", async () => {
    const file = path("any.safetensors");
    const anyArray = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).chain((shape) => {
      const count = elements(shape);
      return fc
        .float32Array({ minLength: count, maxLength: count })
        .map((data): NdArray => ({ shape, data }));
    });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), anyArray, { maxKeys: 5 }), async (tensors) => {
        right(await writeSafetensors(file, tensors, { dtype: "F32" })());
        const read = right(await readSafetensors(file)());
        expect(new Map(Object.entries(read.tensors))).toEqual(new Map(Object.entries(tensors)));
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ["F16", 2 ** -11, 2],
    ["BF16", 2 ** -8, 2],
  ] as const)("rounds to %s", async (dtype, precision, bytes) => {
    const tensors = { weight: array(50, 4), odd: array(3) };
    const file = path(`${dtype}.safetensors`);
    right(await writeSafetensors(file, tensors, { dtype })());
    const read = right(await readSafetensors(file)());
    for (const [name, { shape, data }] of Object.entries(tensors)) {
      expect(read.tensors[name]?.shape).toEqual(shape);
      data.forEach((value, i) => {
        const found = read.tensors[name]?.data[i] ?? Number.NaN;
        expect(Math.abs(found - value)).toBeLessThanOrEqual(Math.abs(value) * precision);
      });
    }
    const header = (await readFile(file)).readBigUInt64LE();
    expect((await stat(file)).size).toBe(8 + Number(header) + 203 * bytes);
    expect(Number(header) % 8).toBe(0);
  });

  it("is laid out as the format says: length, JSON, numbers", async () => {
    const file = path("layout.safetensors");
    const tensors = {
      a: { shape: [2], data: Float32Array.of(1, -2) },
      b: { shape: [1, 1], data: Float32Array.of(0.5) },
    };
    right(await writeSafetensors(file, tensors, { dtype: "F32", metadata: { k: "v" } })());
    const bytes = await readFile(file);
    const length = Number(bytes.readBigUInt64LE());
    expect(JSON.parse(bytes.subarray(8, 8 + length).toString())).toEqual({
      __metadata__: { k: "v" },
      a: float([2], 0, 8),
      b: float([1, 1], 8, 12),
    });
    expect(bytes[8]).toBe("{".charCodeAt(0));
    const data = bytes.subarray(8 + length);
    expect([data.readFloatLE(0), data.readFloatLE(4), data.readFloatLE(8)]).toEqual([1, -2, 0.5]);
  });

  it("reads tensors when they are asked for", async () => {
    const file = path("demand.safetensors");
    const tensors = { first: array(3), second: array(2, 2) };
    right(await writeSafetensors(file, tensors, { dtype: "F32" })());
    const opened = right(await openSafetensors(file)());
    expect([...opened.entries.values()].map(({ name, shape, type }) => [name, shape, type])).toEqual([
      ["first", [3], "F32"],
      ["second", [2, 2], "F32"],
    ]);
    expect(right(await opened.read("second")())).toEqual(tensors.second);
    // The rest of the file goes while it is open: only now is it missed.
    await truncate(file, (await stat(file)).size - 4);
    expect(right(await opened.read("first")())).toEqual(tensors.first);
    const short = await opened.read("second")();
    expect(short).toMatchObject({ left: { _tag: "InvalidSafetensors", key: "second", found: "12 bytes" } });
    await opened.close();
  });

  it("does not mind tensors listed in another order than their bytes, or spaces after the header", async () => {
    const header = { b: float([1], 4, 8), a: float([1], 0, 4) };
    const file = await fileOf("order", `${JSON.stringify(header)}   `, 8);
    expect(Object.keys(right(await readSafetensors(file)()).tensors)).toEqual(["a", "b"]);
  });

  it("leaves no draft, and keeps the old file, if writing fails", async () => {
    const folder = path("drafts");
    await mkdir(folder);
    const file = `${folder}/weights.safetensors`;
    const fine = { weight: array(2) };
    right(await writeSafetensors(file, fine, { dtype: "F16" })());
    const large = { ...fine, huge: { shape: [2], data: Float32Array.of(1, -70000) } };
    const refused = await writeSafetensors(file, large, { dtype: "F16" })();
    expect(refused).toMatchObject({ left: { _tag: "ValueOutOfRange", key: "huge", found: -70000 } });
    expect(await readdir(folder)).toEqual(["weights.safetensors"]);
    expect(Object.keys(right(await readSafetensors(file)()).tensors)).toEqual(["weight"]);
    right(await writeSafetensors(file, large, { dtype: "BF16" })());
  });

  it("says why it cannot write", async () => {
    const refused = await writeSafetensors(path("none/here.safetensors"), {}, { dtype: "F32" })();
    expect(refused).toMatchObject({ left: { _tag: "FileUnwritable", reason: "its folder does not exist" } });
  });
});

describe("what is refused, each in one line", () => {
  it("a file that does not exist, or is a folder", async () => {
    expect(await refusal(path("nowhere"))).toBe("it cannot be read: it does not exist");
    await mkdir(path("folder"));
    expect(await refusal(path("folder"))).toBe("it cannot be read: it is a folder");
  });

  it("a file too short to have a header", async () => {
    const file = path("short");
    await writeFile(file, "abc");
    expect(await refusal(file)).toMatch(/^found 3 bytes, expected a safetensors file: at least 8 bytes/);
    await writeFile(file, "");
    expect(await refusal(file)).toMatch(/^found 0 bytes/);
  });

  it("another kind of file", async () => {
    const file = path("photo.jpg");
    await writeFile(file, Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(100, 7)]));
    expect(await refusal(file)).toMatch(
      /^found a header length of \d+, expected a safetensors file: a header of 2 to 96/,
    );
  });

  it.each([
    ["longer than the file", 1000],
    ["without room for {}", 1],
    ["beyond every whole number", 2 ** 60],
  ])("a header %s", async (_, length) => {
    const file = await fileOf("length", {}, 0, length);
    expect(await refusal(file)).toMatch(/found a header length of/);
  });

  it.each([
    ["not JSON", "{oops", /found a header that is not JSON/],
    ["no object", "[1, 2]", /found \[1,2\], expected a header of JSON, an object of tensors/],
    ["no text", '{"\u0000"', /not JSON/],
    ["a number for a tensor", { w: 3 }, /tensor "w": found 3, expected an object/],
    ["an unknown type", { w: { ...float([1], 0, 4), dtype: "F12" } }, /found "F12", expected a dtype of/],
    ["a type from the prototype", { w: { ...float([1], 0, 4), dtype: "toString" } }, /found "toString"/],
    ["no shape", { w: { dtype: "F32", data_offsets: [0, 4] } }, /found nothing, expected a shape/],
    ["a negative size", { w: float([-1], 0, 4) }, /found \[-1\], expected a shape/],
    ["half a size", { w: float([0.5], 0, 4) }, /expected a shape/],
    ["one offset", { w: { ...float([1], 0, 4), data_offsets: [0] } }, /expected data_offsets of two/],
    ["an end before the beginning", { w: float([1], 4, 0) }, /found -4 bytes, expected 4 bytes/],
    [
      "a size that is not the shape's",
      { w: float([3], 0, 4) },
      /found 4 bytes, expected 12 bytes, for shape \[3\] of F32/,
    ],
    ["metadata that is not text", { __metadata__: { a: 1 }, w: float([1], 0, 4) }, /expected __metadata__/],
    [
      "a gap at the beginning",
      { w: float([1], 4, 8) },
      /tensor "w": found 4, expected data beginning at byte 0/,
    ],
    [
      "an overlap",
      { v: float([2], 0, 8), w: float([1], 4, 8) },
      /tensor "w": found 4, expected data beginning at byte 8/,
    ],
    ["sizes beyond all numbers", { w: float([2 ** 40, 2 ** 40], 0, 4) }, /found 4 bytes/],
  ])("a header with %s", async (_, header, message) => {
    expect(await refusal(await fileOf("header", header, 4))).toMatch(message);
  });

  it("a file that is cut off, and one with too many bytes", async () => {
    const header = { v: float([2], 0, 8), w: float([3], 8, 20) };
    expect(await refusal(await fileOf("cut", header, 19))).toBe(
      "found 19 bytes (the file is cut off), expected 20 bytes of tensors after the header; get a whole copy of the file",
    );
    expect(await refusal(await fileOf("long", header, 21))).toMatch(/found 21 bytes, expected 20 bytes/);
    expect(E.isRight(await readSafetensors(await fileOf("right", header, 20))())).toBe(true);
  });

  it("numbers that are not floats, only when they are asked for", async () => {
    const header = { ids: { dtype: "I64", shape: [1], data_offsets: [0, 8] }, w: float([1], 8, 12) };
    const file = await fileOf("integers", header, 12);
    expect(await refusal(file)).toMatch(/tensor "ids": found I64, expected numbers of F32, F16, BF16/);
    const opened = right(await openSafetensors(file)());
    expect(E.isRight(await opened.read("w")())).toBe(true);
    await opened.close();
  });

  it("a missing name, with the nearest one that exists", async () => {
    const file = await fileOf("names", { "down.0.weight": float([1], 0, 4) }, 4);
    const opened = right(await openSafetensors(file)());
    expect(await opened.read("down.0.weigth")()).toMatchObject({
      left: {
        _tag: "MissingTensor",
        message: expect.stringContaining('the nearest name it has is "down.0.weight"'),
      },
    });
    expect(await opened.read("toString")()).toMatchObject({ left: { _tag: "MissingTensor" } });
    await opened.close();
  });
});
