/** How fast an engine computes: convolutions like those of the networks, warm, with the result downloaded. */
import type { Engine } from "@tadsr/core";
import type { Figure, Work } from "../figures.ts";

const CHANNELS = 64;
/** Convolutions of one run, one after another. */
const DEPTH = 3;
const PADDING = { top: 1, bottom: 1, left: 1, right: 1 } as const;
const SIDES = [8, 16, 32, 64, 128, 256] as const;

/** Operations of one convolution: a multiplication and an addition are two. */
const operations = (side: number): number => 2 * 9 * CHANNELS * CHANNELS * side * side;

/** Upscaling runs each convolution once. Training also differentiates by each weight, and by each input but the first. */
const convolutions: Readonly<Record<Work, number>> = { upscaling: DEPTH, training: 3 * DEPTH - 1 };

/** Every value of the image, and every sum of a kernel's products with such values where the kernel fits. */
const VALUE = 0.5;

export interface MeasureOptions {
  /** Seconds for one figure. The least run is done even if it takes longer. */
  readonly seconds?: number;
  /** Seconds since some fixed moment. */
  readonly now?: () => number;
}

const filled = (shape: readonly number[], value: number) => ({
  shape,
  data: new Float32Array(shape.reduce((product, length) => product * length, 1)).fill(value),
});

/** One run on images of a side. Rejects if the engine fails or computes something else. */
const runOf = <T>(engine: Engine<T>, work: Work, weights: readonly T[]) => {
  const { algebra, upload, download, release, scope, differentiate } = engine;
  const convolve = (image: T, of: readonly T[]): T =>
    of.reduce((input, weight) => algebra.conv2d(input, weight, null, { stride: 1, padding: PADDING }), image);
  // Graphics cards may multiply with 10 bits.
  const check = (value: number | undefined): void => {
    if (!(Math.abs((value ?? Number.NaN) - VALUE) < 0.01))
      throw new Error(`it computed ${value} where ${VALUE} is right`);
  };
  return async (side: number): Promise<void> => {
    const image = upload("image", filled([1, side, side, CHANNELS], VALUE));
    if (work === "upscaling" || differentiate === null) {
      const result = scope(() => convolve(image, weights));
      const { data } = await download("image", result);
      release([image, result]);
      // The middle, which no border reaches.
      check(data[(side / 2) * (side + 1) * CHANNELS]);
      return;
    }
    const { loss, gradients } = scope(() =>
      differentiate(Object.fromEntries(weights.entries()), (named) => ({
        loss: algebra.mean(convolve(image, Object.values(named))),
        parts: {},
      })),
    );
    const first = gradients[0] as T;
    const { data } = await download("convolution", first);
    release([image, loss, ...Object.values(gradients)]);
    // The image and the weights are positive, so a larger weight gives a larger mean.
    if (!data.every((value) => value > 0)) throw new Error("it computed a wrong gradient");
  };
};

const measureWork = async <T>(
  engine: Engine<T>,
  work: Work,
  { seconds = 0.9, now = () => performance.now() / 1000 }: MeasureOptions,
): Promise<number> => {
  const weights = Array.from({ length: DEPTH }, () =>
    engine.upload("convolution", filled([CHANNELS, CHANNELS, 3, 3], 1 / (9 * CHANNELS)), "constant"),
  );
  const run = runOf(engine, work, weights);
  const timed = async (side: number): Promise<number> => {
    const since = now();
    await run(side);
    return Math.max(now() - since, 1e-9);
  };
  const end = now() + seconds;
  let best = Number.POSITIVE_INFINITY;
  let measured: number = SIDES[0];
  for (const side of SIDES) {
    // The first run compiles and allocates. So a larger side needs two, each of four times the work.
    if (side > SIDES[0] && now() + 8 * best > end) break;
    await run(side);
    best = await timed(side);
    measured = side;
  }
  while (now() + best < end) best = Math.min(best, await timed(measured));
  engine.release(weights);
  return (convolutions[work] * operations(measured)) / best / 1e9;
};

/**
 * The engine's speed at 3x3 convolutions of 64 channels, in 10^9 operations in a second: the best of the runs on the
 * largest image that fits into the time. A convolution counts as if it were computed directly, whatever the engine does.
 */
export const measureEngine = async <T>(
  engine: Engine<T>,
  options: MeasureOptions = {},
): Promise<Omit<Figure, "name">> => ({
  upscaling: await measureWork(engine, "upscaling", options),
  training: engine.differentiate === null ? null : await measureWork(engine, "training", options),
});
