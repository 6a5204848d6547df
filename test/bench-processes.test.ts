/** The processes that benchmarks start: contenders, programs that answer line by line, and commands. */
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, test } from "vitest";
import { failed } from "../bench/lib/bench-error.ts";
import { eventOf, runCommand } from "../bench/lib/command-run.ts";
import { openLineSide } from "../bench/lib/line-side.ts";
import { openProcessSide } from "../bench/lib/process-side.ts";

const right = <L, A>(either: E.Either<L, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left));
  return either.right;
};

describe("processes", () => {
  test("a contender runs in its own process, and what it lacks is reported", async () => {
    const settings = { side: "8" };
    const side = right(await openProcessSide({ name: "cubic", contender: "bicubic", settings })());
    expect(side.cold.opening).toBeGreaterThan(0);
    expect(await side.run()).toBeGreaterThan(0);
    await side.close();
    const unknown = { model: "small-x4", runtime: "abacus" };
    const refused = await openProcessSide({ name: "ours", contender: "tadsr", settings: unknown })();
    expect(refused).toEqual(
      E.left(failed(expect.stringContaining("there is no runtime abacus; there are reference, "))),
    );
  });

  test("a family's shape and a network of Real-ESRGAN's run without a folder", async () => {
    const opened = (contender: string, settings: Readonly<Record<string, string>>) =>
      openProcessSide({
        name: contender,
        contender,
        settings: { side: "8", runtime: "onnx", ...settings },
      })();
    for (const [contender, settings] of [
      ["tadsr", { family: "tiny" }],
      ["tadsr", { family: "tiny", noise: "heard" }],
      ["picture-network", { network: "realesr-animevideov3" }],
      ["bare-convolutions", { channels: "16", count: "2" }],
    ] as const) {
      const side = right(await opened(contender, settings));
      expect(await side.run()).toBeGreaterThan(0);
      await side.close();
    }
    expect(await opened("tadsr", { family: "huge" })).toEqual(
      E.left(failed("there is no family huge; there are small, tiny, unet")),
    );
    expect(await opened("picture-network", { network: "x5" })).toEqual(
      E.left(
        failed(
          expect.stringMatching(
            /^there is no network x5; there are realesr-general-x4v3, .*RealESRGAN_x4plus/,
          ),
        ),
      ),
    );
  });

  test("a program answers one line for each that it reads, and its last error is reported", async () => {
    const loop =
      'console.log("{\\"ready\\":\\"here\\"}");process.stdin.on("data",()=>console.log("{\\"milliseconds\\":7}"))';
    const side = right(
      await openLineSide({ name: "loop", command: process.execPath, args: ["--eval", loop] })(),
    );
    expect([side.ready, await side.run(), await side.run()]).toEqual(["here", 7, 7]);
    expect(side.gradientShares()).toEqual([]);
    side.close();
    const telling = loop.replace("7}", '8,\\"gradients\\":6}');
    const teller = right(
      await openLineSide({ name: "teller", command: process.execPath, args: ["--eval", telling] })(),
    );
    expect([await teller.run(), await teller.run(), teller.gradientShares()]).toEqual([8, 8, [0.75, 0.75]]);
    teller.close();
    const words = ["--eval", 'console.error("torch is missing");process.exit(1)'];
    const refused = await openLineSide({ name: "step", command: process.execPath, args: words })();
    expect(refused).toEqual(E.left(failed("step: torch is missing")));
  });

  test("an empty session of ONNX Runtime runs", async () => {
    const program = join(import.meta.dirname, "..", "bench", "programs", "empty-session.mjs");
    const home = join(import.meta.dirname, "..", "packages", "runtime-node");
    const run = right(await runCommand({ args: [program, home] })());
    expect(right(eventOf(run, "session-open"))).toBeLessThanOrEqual(right(eventOf(run, "session-ran")));
  });

  test("a command is watched for its events and its memory", async () => {
    const held = 64 * 2 ** 20;
    const script = `console.error("trace begun 1");globalThis.held=Buffer.alloc(${held},1)`;
    const run = right(await runCommand({ args: ["--eval", script] })());
    expect(run.peak).toBeGreaterThan(held);
    expect(right(eventOf(run, "begun"))).toBeLessThan(run.wall);
    expect(eventOf(run, "tile-done")).toMatchObject({ left: { _tag: "Missing" } });
    const failing = ["--eval", 'console.error("no such model");process.exit(3)'];
    expect(await runCommand({ args: failing })()).toEqual(
      E.left(failed(expect.stringMatching(/ended with 3: no such model$/))),
    );
  });
});
