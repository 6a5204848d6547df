import { expect, it } from "vitest";
import { type OnnxLibrary, startingOnce } from "../src/onnx-library.ts";

const fakeLibrary = () => {
  const env = { wasm: {} };
  return { env, start: startingOnce(async () => ({ env }) as unknown as OnnxLibrary) };
};

it("a library starts with its settings, and again only with the same ones", async () => {
  const { env, start } = fakeLibrary();
  await start({ threads: 2, files: "/ort/" });
  expect(env).toEqual({ logLevel: "fatal", wasm: { numThreads: 2, wasmPaths: "/ort/" } });
  await start({ threads: 2, files: "/ort/" });
  await expect(start({ threads: 1, files: null })).rejects.toMatchObject({
    cause: {
      missing: expect.stringContaining(
        "it runs with 2 threads, files /ort/, and 1 thread, files beside its code is asked for",
      ),
      remedy: "open it with the same settings, or in another worker",
    },
  });
});

it("does one thing at a time, and goes on after an error", async () => {
  const { inTurn } = await fakeLibrary().start({ threads: 1, files: null });
  const order: string[] = [];
  const work = (name: string, milliseconds: number) => async (): Promise<string> => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    order.push(`${name} ends`);
    if (name === "second") throw new Error(name);
    return name;
  };
  const ends = await Promise.allSettled([
    inTurn(work("first", 10)),
    inTurn(work("second", 5)),
    inTurn(work("third", 0)),
  ]);
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(order).toEqual(["first", "second", "third"].flatMap((name) => [`${name} begins`, `${name} ends`]));
});
