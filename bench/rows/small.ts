/** The small model against others that enlarge four times. */
import * as RA from "fp-ts/lib/ReadonlyArray.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { tensorflowFolder } from "../contenders/upscalerjs.ts";
import { atMost } from "../lib/goal.ts";
import { installRivals } from "../lib/install.ts";
import type { Measured } from "../lib/measured.ts";
import type { Entry } from "../lib/process-side.ts";
import type { Row } from "../lib/row.ts";
import { type ModelPair, measureModels, oursAs, SIDE } from "./model-pair.ts";

const upscalerJs = (model: string, backend: "tensorflow" | "wasm"): Entry => ({
  name: `esrgan-${model} on ${backend}`,
  contender: "upscalerjs",
  settings: { model, backend, side: String(SIDE) },
  // oneDNN's kernels, whatever our runtime chooses for itself: UpscalerJS takes half the time with them.
  environment: { NODE_PATH: tensorflowFolder, TF_ENABLE_ONEDNN_OPTS: "1", TF_CPP_MIN_LOG_LEVEL: "2" },
});

const bicubic: Entry = { name: "sharp, bicubic", contender: "bicubic", settings: { side: String(SIDE) } };

const pairs = (runtime: string): readonly ModelPair[] => {
  const ours = oursAs("small-x4", runtime);
  const against = (theirs: Entry, goal: ModelPair["goal"], rounds: number): ModelPair => ({
    name: `against ${theirs.name}`,
    ours,
    theirs,
    goal,
    rounds,
  });
  return [
    against(upscalerJs("slim", "tensorflow"), atMost(1), 15),
    against(upscalerJs("medium", "tensorflow"), atMost(1 / 3), 11),
    against(upscalerJs("thick", "tensorflow"), atMost(1 / 30), 3),
    // That tensorflow is the fastest runtime that UpscalerJS has is seen from this one.
    against(upscalerJs("slim", "wasm"), null, 3),
    against(bicubic, null, 15),
  ];
};

export const small: Row = {
  name: "small",
  title: "The small model, 256 to 1024 pixels a side",
  measures:
    "RGB bytes in memory to RGB bytes in memory, both sides open and warm, each in a process of its own; " +
    "cold is from the first import to the first picture.",
  run: (request) =>
    TE.chainW(() =>
      TE.map((parts: readonly (readonly Measured[])[]) => RA.flatten(parts))(
        TE.traverseSeqArray(measureModels(request))(pairs(request.runtime)),
      ),
    )(installRivals(request.progress)),
};
