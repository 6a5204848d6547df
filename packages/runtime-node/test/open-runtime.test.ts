import { anyRuntime, lazyRuntime } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { expect, it } from "vitest";
import { openRuntime, runtimeEntries, runtimeOpener } from "../src/index.ts";

it("opens the runtime that is named, or the first candidate that opens", async () => {
  const named = await openRuntime("reference")();
  expect(named).toMatchObject({ right: { name: "reference" } });
  const first = await openRuntime("auto", { candidates: ["reference", "cpu"] })();
  expect(first).toMatchObject({ right: { name: "reference" } });
});

it("says of each that was tried why it does not open", async () => {
  const failed = await openRuntime("auto", { threads: 3, candidates: ["wasm", "cpu"] })();
  const reason = (runtime: string) => ({
    ...{ _tag: "OneThreadOnly", runtime, threads: 3 },
    message: `runtime ${runtime} computes on one thread, and 3 are asked for`,
  });
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

it("opens a runtime of other entries, and passes over those that do not open", async () => {
  const missing = { missing: "a library", remedy: "install it: somehow" };
  const absent = anyRuntime(lazyRuntime({ ...missing, name: "absent", load: () => Promise.reject("none") }));
  const entries = { ...runtimeEntries, absent: { isSingleThreaded: false, make: () => absent } };
  const open = runtimeOpener(entries, ["absent", "reference"]);
  expect(await open("auto")()).toMatchObject({ right: { name: "reference" } });
  expect(await open("absent")()).toMatchObject({
    left: { message: "runtime absent cannot be opened: a library (none) is missing; install it: somehow" },
  });
});
