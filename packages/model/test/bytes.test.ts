import * as zlib from "node:zlib";
import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it, test } from "vitest";
import { baseName } from "../src/bytes/base-name.ts";
import type { ByteFile } from "../src/bytes/byte-file.ts";
import { sinkInMemory } from "../src/bytes/byte-sink.ts";
import { crc32 } from "../src/bytes/crc32.ts";
import { fileInMemory, fileOfBlob, fileOfResponse } from "../src/bytes/files-anywhere.ts";
import { inflateRaw } from "../src/bytes/inflate.ts";
import { readWhole, scanBytes } from "../src/bytes/read-bytes.ts";

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

/** From 0 and counting. */
const counted = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, (_, i) => i);

const files: readonly (readonly [string, (bytes: Uint8Array<ArrayBuffer>) => ByteFile])[] = [
  ["memory", (bytes) => fileInMemory("a", bytes)],
  ["a Blob", (bytes) => fileOfBlob("a", new Blob([bytes]))],
  ["a response", (bytes) => fileOfResponse(new Response(bytes), "a")],
];

describe.each(files)("a file of %s", (_, fileOf) => {
  it("gives any range, cut off at its end", async () => {
    const bytes = counted(50);
    const source = right(await fileOf(bytes).open());
    expect(source.size).toBe(50);
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.nat(60), async (from, length) => {
        expect(await source.read(from, length)).toEqual(bytes.slice(from, from + length));
      }),
    );
  });

  it("can be opened again, and is not changed by its readers", async () => {
    const file = fileOf(counted(8));
    const first = right(await readWhole(file)());
    first.fill(0xff);
    expect(right(await readWhole(file)())).toEqual(counted(8));
  });

  it("is read piece by piece", async () => {
    const bytes = counted(2 ** 22 + 5);
    const source = right(await fileOf(bytes).open());
    let sum = 0;
    const lengths: number[] = [];
    const passed = await scanBytes(source, 1, bytes.length, (piece) => {
      lengths.push(piece.length);
      sum = crc32(piece, sum);
    });
    expect([passed, lengths]).toEqual([2 ** 22 + 4, [2 ** 22, 4]]);
    expect(sum).toBe(zlib.crc32(bytes.subarray(1)));
  });
});

describe("a response", () => {
  it("with an error status gives an error", async () => {
    const response = new Response("gone", { status: 404, statusText: "Not Found" });
    expect(await fileOfResponse(response, "weights").open()).toMatchObject({
      left: { message: "weights: it cannot be read: the server answered 404 Not Found" },
    });
  });

  it("that breaks off gives an error", async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("cut off")) });
    expect(await fileOfResponse(new Response(body), "weights").open()).toMatchObject({
      left: { _tag: "FileUnreadable", message: "weights: it cannot be read: cut off" },
    });
  });
});

test("a source that fails is closed, and the error has the reason", async () => {
  let open = 0;
  const file: ByteFile = {
    name: "a",
    open: async () => {
      open += 1;
      return E.right({
        size: 3,
        read: () => Promise.reject(new Error("the cable is out")),
        close: async () => {
          open -= 1;
        },
      });
    },
  };
  expect(await readWhole(file)()).toMatchObject({
    left: { message: "a: it cannot be read: the cable is out" },
  });
  expect(open).toBe(0);
});

test("a sink in memory keeps what was written, even if the writer's bytes change later", async () => {
  const sink = sinkInMemory("a");
  const part = counted(3);
  await sink.write(part);
  part.fill(9);
  await sink.write(part);
  expect(sink.bytes()).toEqual(Uint8Array.of(0, 1, 2, 9, 9, 9));
});

test("the checksum is zlib's, of any bytes and in any parts", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, at) => {
      const [start, end] = [bytes.subarray(0, at), bytes.subarray(at)];
      expect(crc32(bytes)).toBe(zlib.crc32(bytes));
      expect(crc32(end, crc32(start))).toBe(zlib.crc32(bytes));
    }),
  );
});

describe("inflating", () => {
  it("gives back what was deflated, if it has the right size", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (content) => {
        const packed = new Uint8Array(zlib.deflateRawSync(content));
        expect(await inflateRaw(packed, content.length)).toEqual(content);
        expect(await inflateRaw(packed, content.length + 1)).toBeNull();
        expect(await inflateRaw(packed, content.length - 1)).toBeNull();
        expect(await inflateRaw(packed.slice(0, -1), content.length)).toBeNull();
      }),
      { numRuns: 50 },
    );
  });

  it("holds no more than the given size, even if a small file inflates to a large one", async () => {
    const packed = new Uint8Array(zlib.deflateRawSync(new Uint8Array(2 ** 26)));
    expect(await inflateRaw(packed, 1000)).toBeNull();
  });
});

test.each([
  ["models/a.pth", "a.pth"],
  ["C:\\models\\a.pth", "a.pth"],
  ["https://example.org/a.pth", "a.pth"],
  ["a.pth", "a.pth"],
])("the last part of %s is %s", (name, last) => {
  expect(baseName(name)).toBe(last);
});
