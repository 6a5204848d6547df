/** If ONNX Runtime refuses a graph, the error says so and does not blame the cache. */
import type { Lowered } from "@tadsr/engine-onnx";
import { expect, it } from "vitest";
import { modelCache } from "../src/onnx/model-cache.ts";
import { sessionOpener } from "../src/onnx/sessions.ts";
import { namesIn, temporaryFolder } from "./cache-folder.ts";

/** Large enough to be kept, with an operator that does not exist. */
const impossible = (): Lowered => {
  const described = { shape: [2 ** 18], dtype: "float32" } as const;
  const value = { id: 0, ...described, source: { tag: "input", name: "data0" } } as const;
  const node = { op: "NoSuchOperator", inputs: [value], attributes: {}, outputs: 1 };
  const result = { id: 1, ...described, source: { tag: "node", node, output: 0 } } as const;
  return {
    feeds: [{ value, name: "data0", source: { slot: 0 } }],
    outputs: [{ name: "result0", value: result }],
    opset: 20,
  };
};

it("says what ONNX Runtime says, does not mention the cache, and keeps nothing", async () => {
  const folder = await temporaryFolder();
  const told: string[] = [];
  const library = await import("onnxruntime-node");
  const open = sessionOpener({
    library,
    provider: "cpu",
    threads: 1,
    cache: modelCache(folder, (line) => told.push(line)),
  });
  await expect(open(impossible())).rejects.toThrow("NoSuchOperator");
  expect(told).toEqual([]);
  expect(await namesIn(folder)).toEqual([]);
});
