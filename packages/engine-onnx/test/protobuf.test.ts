/** Messages of protobuf: the bytes that its specification gives, and what is read from others' bytes. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytes, float, int32, int64, many, message, one, outermost, string } from "../src/onnx/protobuf.ts";

const inner = message({ size: one(1, int64) });
const { encode, decode } = outermost({
  count: one(1, int32),
  name: one(2, string),
  raw: one(3, bytes),
  share: one(4, float),
  lengths: many(5, int64),
  names: many(6, string),
  inner: one(7, inner),
  others: many(20, inner),
});

const hex = (content: Uint8Array): string => Buffer.from(content).toString("hex");
const read = (content: string) => decode(Buffer.from(content, "hex"));
const noLists = { lengths: [], names: [], others: [] };

describe("a message of protobuf", () => {
  it.each([
    [{ count: 150 }, "089601"],
    [{ count: -1 }, "08ffffffffffffffffff01"],
    [{ name: "testing" }, "120774657374696e67"],
    [{ raw: Uint8Array.of(1, 2) }, "1a020102"],
    [{ share: 0.5 }, "250000003f"],
    [{ lengths: [3, 270, 86942] }, "2a06038e029ea705"],
    [{ names: ["", "b"] }, "3200320162"],
    [{ inner: { size: 150 } }, "3a03089601"],
    [{ others: [{ size: 2 ** 40 }, {}] }, "a2010708808080808020a20100"],
    [{ count: 0, name: "", raw: new Uint8Array(), share: 0, lengths: [], names: [], others: [] }, ""],
  ])("%j is written as %s", (content, expected) => {
    expect(hex(encode(content))).toBe(expected);
  });

  it("reads numbers that have a tag each, takes the last of two values, and passes over what it does not know", () => {
    expect(read("28032a02048e022806")).toEqual({ ...noLists, lengths: [3, 4, 270, 6] });
    expect(read("08010802")).toEqual({ ...noLists, count: 2 });
    expect(read("f20103010203f801050801")).toEqual({ ...noLists, count: 1 });
  });

  it("is read as it was written", () => {
    const small = fc.record({ size: fc.maxSafeInteger().filter((size) => size !== 0) });
    const content = fc.record({
      count: fc.integer().filter((count) => count !== 0),
      name: fc.string({ minLength: 1, unit: "grapheme" }),
      lengths: fc.array(fc.maxSafeInteger()),
      names: fc.array(fc.string()),
      inner: small,
      others: fc.array(small),
    });
    fc.assert(
      fc.property(content, (value) => {
        expect(decode(encode(value))).toEqual(value);
      }),
    );
  });

  it("that is cut off is refused", () => {
    expect(() => read("120774657374")).toThrow(RangeError);
  });
});
