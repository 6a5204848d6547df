import * as E from "fp-ts/lib/Either.js";
import { expect, it } from "vitest";
import { openRuntime } from "../src/index.ts";

it("opens the runtime that is named, or the first candidate that opens", async () => {
  const named = await openRuntime("reference")();
  expect(named).toMatchObject({ right: { name: "reference" } });
  const first = await openRuntime("auto", { candidates: ["reference", "cpu"] })();
  expect(first).toMatchObject({ right: { name: "reference" } });
});

it("says of each that was tried why it does not open", async () => {
  const failed = await openRuntime("auto", { threads: 3, candidates: ["wasm", "cpu"] })();
  const reason = (runtime: string) => ({ _tag: "OneThreadOnly", runtime, threads: 3 });
  expect(failed).toEqual(
    E.left({
      _tag: "NoRuntime",
      reasons: [reason("wasm"), reason("cpu")],
      message:
        "runtime wasm computes on one thread, and 3 are asked for; " +
        "runtime cpu computes on one thread, and 3 are asked for",
    }),
  );
});
