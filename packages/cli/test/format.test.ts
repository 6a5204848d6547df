import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { checkSide, formatOf } from "../src/upscale/format.ts";

describe("formats", () => {
  it.each([
    ["a.png", "png"],
    ["a.PNG", "png"],
    ["b/a.jpg", "jpeg"],
    ["a.jpeg", "jpeg"],
    ["a.b.webp", "webp"],
  ])("%s is %s", (path, format) => expect(formatOf(path)).toEqual(E.right(format)));

  it.each([
    ["a.gif", "output a.gif ends in .gif; name it .png, .jpg, .jpeg or .webp"],
    ["a", "output a has no extension; name it .png, .jpg, .jpeg or .webp"],
  ])("%s is refused", (path, message) => expect(formatOf(path)).toMatchObject({ left: { message } }));

  it("refuses sizes a format cannot hold before work is done", () => {
    expect(E.isRight(checkSide("webp", 16_383, 1))).toBe(true);
    expect(checkSide("webp", 4, 16_384)).toMatchObject({
      left: {
        message: "the output would be 4 x 16384, and WEBP holds at most 16383 pixels a side; write a .png",
      },
    });
    expect(E.isLeft(checkSide("jpeg", 65_536, 1))).toBe(true);
    expect(E.isRight(checkSide("png", 65_536, 1))).toBe(true);
  });
});
