/** The small model against others with the factor 4. */
import * as RA from "fp-ts/lib/ReadonlyArray.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { atMost } from "../lib/goal.ts";
import { installRivals } from "../lib/install.ts";
import type { Measured } from "../lib/measured.ts";
import type { Entry } from "../lib/process-side.ts";
import type { Row } from "../lib/row.ts";
import { upscalerJs } from "../lib/upscalerjs-entry.ts";
import { type ModelPair, measureModels, oursAs } from "./model-pair.ts";

/** The sides of the pictures, in pixels, and for each the rounds against a fast rival, a slower one and a slow one. */
const SIZES = [
  { side: 256, rounds: { fast: 15, slower: 11, slow: 3 } },
  { side: 64, rounds: { fast: 31, slower: 21, slow: 7 } },
] as const;

const bicubic = (side: number): Entry => ({
  name: "sharp, bicubic",
  contender: "bicubic",
  settings: { side: String(side) },
});

const pairs =
  (runtime: string) =>
  ({ side, rounds: { fast, slower, slow } }: (typeof SIZES)[number]): readonly ModelPair[] => {
    const against = (theirs: Entry, goal: ModelPair["goal"], rounds: number): ModelPair => ({
      name: `${side} to ${side * 4}, against ${theirs.name}`,
      ours: oursAs("small-x4", runtime, side),
      theirs,
      goal,
      rounds,
    });
    return [
      against(upscalerJs("slim", "tensorflow", side), atMost(1), fast),
      against(upscalerJs("medium", "tensorflow", side), atMost(1 / 3), slower),
      against(upscalerJs("thick", "tensorflow", side), atMost(1 / 30), slow),
      // This one shows that tensorflow is UpscalerJS's fastest runtime.
      against(upscalerJs("slim", "wasm", side), null, slow),
      against(bicubic(side), null, fast),
    ];
  };

export const small: Row = {
  name: "small",
  title: "The small model against UpscalerJS and bicubic interpolation",
  measures:
    "Pictures of 256 x 256 and of 64 x 64 pixels, four times, RGB bytes in memory to RGB bytes in memory, both sides open and warm, each in a process of its own; " +
    "cold is from the first import to the first picture.",
  run: (request) =>
    TE.chainW(() =>
      TE.map((parts: readonly (readonly Measured[])[]) => RA.flatten(parts))(
        TE.traverseSeqArray(measureModels(request))(SIZES.flatMap(pairs(request.runtime))),
      ),
    )(installRivals(request.progress)),
};
