import * as E from "fp-ts/lib/Either.js";
import { expect, it } from "vitest";
import { lazyRuntime, type ReferenceTensor, referenceEngine } from "../src/index.ts";

const words = { name: "absent", missing: "the absent library", remedy: "install it: somehow" };

it("loads nothing until it is opened, and then gives its engine", async () => {
  let loaded = 0;
  const runtime = lazyRuntime<ReferenceTensor>({
    ...words,
    load: () => {
      loaded += 1;
      return Promise.resolve(referenceEngine);
    },
  });
  expect(loaded).toBe(0);
  expect(await runtime.open()).toEqual(E.right(referenceEngine));
  expect(loaded).toBe(1);
});

it("says what is missing and how to get it, with the first line of the reason", async () => {
  const runtime = lazyRuntime({
    ...words,
    load: () => Promise.reject(new Error("no such library\nat a place")),
  });
  expect(await runtime.open()).toEqual(
    E.left({
      _tag: "RuntimeUnavailable",
      runtime: "absent",
      missing: "the absent library (no such library)",
      remedy: "install it: somehow",
      message:
        "runtime absent cannot be opened: the absent library (no such library) is missing; install it: somehow",
    }),
  );
});
