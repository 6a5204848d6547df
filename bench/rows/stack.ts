/** The stacks' shapes against others with the factor 4, and against ONNX Runtime's bare convolution. */
import type { PublishedPictureName } from "@tadsr/model";
import { FAMILIES, type FamilyName } from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { productsOfBare } from "../lib/bare-convolutions.ts";
import type { BenchError } from "../lib/bench-error.ts";
import { type Comparison, measurePair } from "../lib/comparison.ts";
import { forEachGflop, gflopOf } from "../lib/gflop.ts";
import { atMost } from "../lib/goal.ts";
import { installRivals } from "../lib/install.ts";
import { figure, type Measured, notRun } from "../lib/measured.ts";
import { type Entry, withProcessSides } from "../lib/process-side.ts";
import type { Request, Row } from "../lib/row.ts";
import { productsOf, shapeModel } from "../lib/shape-model.ts";
import { UPSCALERJS, upscalerJs } from "../lib/upscalerjs-entry.ts";
import { type ModelPair, measureModels } from "./model-pair.ts";

/** The parts of a task that cannot fail. */
const parts = E.getOrElse((never: never): readonly Measured[] => never);

/** The side of the picture, in pixels. */
const SIDE = 256;

/** The rounds against a fast rival, a slower one and a slow one. */
const ROUNDS = { fast: 15, slower: 9, slow: 3 } as const;

/** A stack should reach this share of the bare convolution's speed, from bytes to bytes. */
const LEAST_SPEED = 0.8;

type Stack = Extract<FamilyName, "small" | "tiny">;

type Noise = "heard" | "unheard";

const shape = (family: Stack, runtime: string, noise: Noise = "unheard"): Entry => ({
  name: `${family}'s shape${noise === "heard" ? " with noise" : ""} on ${runtime}`,
  contender: "tadsr",
  settings: { family, noise, runtime, side: String(SIDE) },
});

const pictureNetwork = (network: PublishedPictureName, runtime: string): Entry => ({
  name: `${network}'s shape on ${runtime}`,
  contender: "picture-network",
  settings: { network, runtime, side: String(SIDE) },
});

const pairs = (runtime: string): readonly ModelPair[] => {
  const against = (ours: Entry, theirs: Entry, goal: ModelPair["goal"], rounds: number): ModelPair => ({
    name: `${ours.name}, against ${theirs.name}`,
    ours,
    theirs,
    goal,
    rounds,
  });
  const [tiny, small] = [shape("tiny", runtime), shape("small", runtime)];
  const [slim, medium, thick] = (["slim", "medium", "thick"] as const).map((model) =>
    upscalerJs(model, "tensorflow", SIDE),
  ) as [Entry, Entry, Entry];
  const [general, x4plus] = [
    pictureNetwork("realesr-general-x4v3", runtime),
    pictureNetwork("RealESRGAN_x4plus", runtime),
  ];
  return [
    against(tiny, slim, atMost(1), ROUNDS.fast),
    // As it would be if the weights for z_t were not zero.
    against(shape("tiny", runtime, "heard"), slim, null, ROUNDS.fast),
    against(tiny, medium, null, ROUNDS.slower),
    against(tiny, thick, null, ROUNDS.slow),
    against(tiny, general, null, ROUNDS.slower),
    against(small, slim, null, ROUNDS.slower),
    against(small, medium, null, ROUNDS.slower),
    against(small, thick, null, ROUNDS.slow),
    against(small, general, atMost(0.75), ROUNDS.slower),
    against(small, x4plus, atMost(0.1), ROUNDS.slow),
  ];
};

const bare = (channels: number, count: number): Entry => ({
  name: `${count === 1 ? "one bare convolution" : `${count} bare convolutions in a row`} of ${channels} channels`,
  contender: "bare-convolutions",
  settings: { channels: String(channels), count: String(count), side: String(SIDE) },
});

const speed = (name: string, { minimum }: Comparison["ours"]): Measured =>
  figure(name, 1000 / minimum, "GFLOP/s");

/** The time of a GFLOP for a stack, from bytes to bytes, and for convolutions with the same number of channels. */
const compareSpeed =
  (request: Request) =>
  ({
    family,
    count,
  }: {
    readonly family: Stack;
    readonly count: number;
  }): TE.TaskEither<never, readonly Measured[]> => {
    const { channels } = FAMILIES[family].network;
    const [ours, theirs] = [shape(family, request.runtime), bare(channels, count)];
    const name = `${ours.name}, each GFLOP, against ${theirs.name}`;
    request.progress(name);
    return pipe(
      TE.fromEither(shapeModel(family, { hearsNoise: false })),
      TE.map((model) => gflopOf(productsOf(model) * SIDE * SIDE)),
      TE.chain((gflop) =>
        withProcessSides(ours, theirs, (upscaling, convolving) =>
          measurePair(
            {
              name,
              ours: forEachGflop(upscaling, gflop),
              theirs: forEachGflop(convolving, gflopOf(productsOfBare({ channels, count, side: SIDE }))),
              goal: atMost(1 / LEAST_SPEED),
            },
            { rounds: request.rounds ?? ROUNDS.slower, warmups: 2 },
          ),
        ),
      ),
      TE.map((compared): readonly Measured[] => [
        compared,
        speed(`${ours.name}, from bytes to bytes`, compared.ours),
        speed(theirs.name, compared.theirs),
      ]),
      TE.orElse((reason: BenchError) => TE.right<never, readonly Measured[]>([notRun(name, reason)])),
    );
  };

/** One bare convolution, and as many as the stack's blocks have. */
const speeds = (["small", "tiny"] as const).flatMap((family) =>
  [1, 2 * FAMILIES[family].network.blocks].map((count) => ({ family, count })),
);

export const stack: Row = {
  name: "stack",
  title: "The stacks' shapes against UpscalerJS, Real-ESRGAN and the bare convolution",
  measures:
    "Pictures of 256 x 256 pixels, four times, RGB bytes in memory to RGB bytes in memory, both sides open and warm, each in a process of its own; " +
    "ours and Real-ESRGAN's are shapes with random weights, in one step, and without noise where nothing else is said. " +
    "The comparison with the bare convolution is in milliseconds for each GFLOP of the convolutions.",
  run: (request) => async () => {
    const rivals = await installRivals(request.progress)();
    const measured: Measured[] = [];
    for (const pair of pairs(request.runtime))
      measured.push(
        ...(E.isLeft(rivals) && pair.theirs.contender === UPSCALERJS
          ? [notRun(pair.name, rivals.left)]
          : parts(await measureModels(request)(pair)())),
      );
    for (const work of speeds) measured.push(...parts(await compareSpeed(request)(work)()));
    return E.right(measured);
  },
};
