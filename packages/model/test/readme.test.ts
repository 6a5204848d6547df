import { readFile } from "node:fs/promises";
import * as E from "fp-ts/lib/Either.js";
import { expect, it } from "vitest";
import { decodeDescription, networkOf, parameterCount, receptiveField } from "../src/index.ts";

it("the README's model.json is valid, with the documented size and receptive field", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const [, json = ""] = /```json\n([\s\S]*?)```/.exec(readme) ?? [];
  const decoded = decodeDescription("README.md", JSON.parse(json));
  if (E.isLeft(decoded)) throw new Error(decoded.left.message);
  const network = networkOf(decoded.right);
  expect(parameterCount(network.parameters)).toBe(2_073_840);
  expect(receptiveField(network)).toEqual({ margin: 48, alignment: 4 });
});
