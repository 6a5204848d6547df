/** The models in a browser, against UpscalerJS in the same browser. */
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type BenchError, failed, failedBy, missing } from "../lib/bench-error.ts";
import { measurePair } from "../lib/comparison.ts";
import { atMost, type Goal } from "../lib/goal.ts";
import { installRivals } from "../lib/install.ts";
import { figure, type Measured, notRun } from "../lib/measured.ts";
import { type BenchBrowser, type BenchPage, withBrowser } from "../lib/page-side.ts";
import type { Request, Row } from "../lib/row.ts";

const SIDE = 256;
/** On which UpscalerJS's fastest backend is looked for. */
const SMALL_SIDE = 64;
const BACKENDS = ["webgl", "wasm", "cpu"] as const;

const NO_CARD = missing(
  "a graphics card for WebGPU",
  "run it on a machine that has one; in software it is no measure",
);

interface Pair {
  readonly ours: { readonly model: string; readonly runtime: string };
  readonly theirs: string;
  readonly goal: Goal | null;
  readonly rounds: number;
}

const pairsOn = (runtime: string): readonly Pair[] => [
  { ours: { model: "tiny-x4", runtime }, theirs: "esrgan-slim", goal: atMost(0.5), rounds: 11 },
  { ours: { model: "tiny-x4", runtime }, theirs: "esrgan-medium", goal: null, rounds: 5 },
  { ours: { model: "small-x4", runtime }, theirs: "esrgan-slim", goal: null, rounds: 7 },
  { ours: { model: "small-x4", runtime }, theirs: "esrgan-medium", goal: null, rounds: 5 },
];

/** Milliseconds of a warm run of esrgan-slim, or Infinity if the backend does not work. */
const timeOn = ({ withPage }: BenchBrowser, backend: string): TE.TaskEither<never, number> =>
  TE.orElse(() => TE.right<never, number>(Number.POSITIVE_INFINITY))(
    withPage((page) =>
      TE.tryCatch(async () => {
        const entry = {
          maker: "upscalerjs",
          model: "esrgan-slim",
          runtime: backend,
          side: SMALL_SIDE,
        } as const;
        const side = await page.open(backend, entry);
        await side.run();
        return Math.min(await side.run(), await side.run());
      }, failedBy),
    ),
  );

interface Fastest {
  readonly backend: string;
  readonly figures: readonly Measured[];
}

const fastestBackend = (browser: BenchBrowser): TE.TaskEither<BenchError, Fastest> =>
  TE.chain((times: readonly number[]): TE.TaskEither<BenchError, Fastest> => {
    const least = Math.min(...times);
    const backend = BACKENDS[times.indexOf(least)];
    if (backend === undefined || !Number.isFinite(least))
      return TE.left(failed("UpscalerJS runs on no backend of TensorFlow.js here"));
    const figures = BACKENDS.map((name, i) => {
      const title = `${SMALL_SIDE} to ${SMALL_SIDE * 4}, esrgan-slim on ${name}`;
      const time = times[i] ?? Number.POSITIVE_INFINITY;
      return Number.isFinite(time)
        ? figure(title, time, "ms")
        : notRun(title, missing(`TensorFlow.js's backend ${name}`, "use a browser that has it"));
    });
    return TE.right({ backend, figures });
  })(TE.traverseSeqArray((backend: string) => timeOn(browser, backend))(BACKENDS));

const comparePair =
  ({ ours, theirs, goal, rounds }: Pair, backend: string, name: string, request: Request) =>
  (page: BenchPage): TE.TaskEither<BenchError, Measured> =>
  async () => {
    const ourEntry = { maker: "tadsr", ...ours, side: SIDE } as const;
    const theirEntry = { maker: "upscalerjs", model: theirs, runtime: backend, side: SIDE } as const;
    const sides = await TE.tryCatch(
      async () => ({
        ours: await page.open(`${ours.model} on ${ours.runtime}`, ourEntry),
        theirs: await page.open(`${theirs} on ${backend}`, theirEntry),
      }),
      failedBy,
    )();
    if (E.isLeft(sides)) return sides;
    const alternation = { rounds: request.rounds ?? rounds, warmups: 2 };
    return measurePair({ name, ...sides.right, goal }, alternation)();
  };

const measurePairs =
  (browser: BenchBrowser, { backend, figures }: Fastest, request: Request) =>
  (hasGraphicsCard: boolean): TE.TaskEither<never, readonly Measured[]> => {
    const pairs = [...pairsOn("onnx-wasm"), ...pairsOn("onnx-webgpu")];
    const measured = TE.traverseSeqArray((pair: Pair): TE.TaskEither<never, Measured> => {
      const { model, runtime } = pair.ours;
      const sizes = `${SIDE} to ${SIDE * 4}`;
      const name = `${sizes} in Chromium ${browser.version}, ${model} on ${runtime} against ${pair.theirs}`;
      if (runtime === "onnx-webgpu" && !hasGraphicsCard) return TE.right(notRun(name, NO_CARD));
      request.progress(name);
      return TE.orElse((reason: BenchError) => TE.right<never, Measured>(notRun(name, reason)))(
        browser.withPage(comparePair(pair, backend, name, request)),
      );
    })(pairs);
    return TE.map((parts: readonly Measured[]) => [...figures, ...parts])(measured);
  };

const measure =
  (request: Request) =>
  (browser: BenchBrowser): TE.TaskEither<BenchError, readonly Measured[]> => {
    request.progress("looking for the fastest backend of UpscalerJS");
    return TE.chain((fastest: Fastest) =>
      TE.chainW(measurePairs(browser, fastest, request))(
        browser.withPage((page) => TE.tryCatch(page.hasGraphicsCard, failedBy)),
      ),
    )(fastestBackend(browser));
  };

export const browser: Row = {
  name: "browser",
  title: "The small models in a browser against UpscalerJS",
  measures:
    `Pictures of ${SIDE} x ${SIDE} pixels, four times, RGB bytes in memory to RGB bytes in memory, in one piece, both sides ` +
    "open and warm in workers of one page of a headless Chromium, UpscalerJS on the backend of TensorFlow.js that is fastest there.",
  run: (request) => TE.chainW(() => withBrowser(measure(request)))(installRivals(request.progress)),
};
