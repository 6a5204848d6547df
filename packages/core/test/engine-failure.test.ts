import { expect, it } from "vitest";
import { type EngineFailure, errorOfFailure, failureOf, lazyRuntime, missingError } from "../src/index.ts";

const failure: EngineFailure = { _tag: "EngineFailure", reason: "closed", message: "it was closed" };

it("an error carries the failure that it was made of, and others carry none", () => {
  expect(failureOf(errorOfFailure(failure))).toBe(failure);
  expect(errorOfFailure(failure).message).toBe("it was closed");
  for (const other of [
    new Error("closed"),
    new Error("x", { cause: { reason: "closed" } }),
    "closed",
    failure,
  ])
    expect(failureOf(other)).toBeNull();
});

it("a runtime tells what `load` says is missing, or else what it says itself, with the reason", async () => {
  const opened = (thrown: Error) =>
    lazyRuntime({
      name: "card",
      load: () => Promise.reject(thrown),
      missing: "the library",
      remedy: "install it",
    }).open();
  const base = { _tag: "RuntimeUnavailable", runtime: "card" };
  expect(await opened(missingError({ missing: "a card", remedy: "buy one" }))).toMatchObject({
    left: { ...base, missing: "a card", remedy: "buy one" },
  });
  expect(await opened(new Error("no file\nat a place"))).toMatchObject({
    left: { ...base, missing: "the library (no file)", remedy: "install it" },
  });
});
