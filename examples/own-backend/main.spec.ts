import { describeLaws, laws } from "@tadsr/laws";
import { expect, test } from "vitest";
import { float32, main } from "./main.ts";

describeLaws(float32);

test("the laws run without a test framework too, and find the broken backend's mistake", async () => {
  const { float32, broken } = await main();
  expect(float32.filter(({ outcome }) => outcome === "fails")).toEqual([]);
  expect(float32.filter(({ outcome }) => outcome === "holds").length).toBe(
    laws.filter(({ needs }) => needs !== "gradients").length,
  );
  const failing = broken.filter(({ outcome }) => outcome === "fails").map(({ law }) => law);
  expect(failing).toContain("conv2d correlates: one tap moves the image");
  expect(failing.every((law) => law.includes("onv2d"))).toBe(true);
});
