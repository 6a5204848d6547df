import { expect, it } from "vitest";
import { tensorflow } from "../src/index.ts";

it("opens, or says how to set it up", async () => {
  const opened = await tensorflow.open();
  expect(opened).toMatchObject(
    opened._tag === "Right"
      ? {
          right: {
            name: "tensorflow",
            memory: { factor: 2, scores: 2 ** 28, limit: Number.POSITIVE_INFINITY },
          },
        }
      : { left: { runtime: "tensorflow", remedy: expect.stringContaining("npx tadsr-setup-tensorflow") } },
  );
});
