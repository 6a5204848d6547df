/** A picture's noise, by WebAssembly's vectors and by plain loops. */
import * as O from "fp-ts/lib/Option.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { plainMaker } from "../../packages/core/src/noise/plain.ts";
import { vectorMaker } from "../../packages/core/src/noise/vectors.ts";
import { noiseBy } from "../../packages/core/src/noise.ts";
import { timed } from "../lib/alternate.ts";
import { missing } from "../lib/bench-error.ts";
import { measurePair } from "../lib/comparison.ts";
import { atMost } from "../lib/goal.ts";
import type { Measured } from "../lib/measured.ts";
import type { Row } from "../lib/row.ts";

/** The numbers of a picture of 1000 x 1000 pixels. */
const COUNT = 3_000_000;

const SOURCE = { seed: 1, stream: 2 };

export const noise: Row = {
  name: "noise",
  title: "A picture's noise, by vectors and by plain loops",
  measures: `${COUNT / 1e6} million normals in float32, into an array that is there; both ways give the same bits.`,
  run: (request) => {
    const vectors = vectorMaker();
    if (O.isNone(vectors))
      return TE.left(missing("WebAssembly with vectors", "run it with Node 20 or later, without --jitless"));
    const result = new Float32Array(COUNT);
    const [byVectors, byLoops] = [vectors.value, plainMaker].map((maker) => {
      const { fillNormal } = noiseBy(() => maker);
      return async () => fillNormal(SOURCE, 0, result);
    }) as [() => Promise<void>, () => Promise<void>];
    return TE.map((measured: Measured): readonly Measured[] => [measured])(
      measurePair(
        {
          name: "three million normals",
          ours: timed("vectors", byVectors),
          theirs: timed("plain loops", byLoops),
          goal: atMost(0.2),
        },
        { rounds: request.rounds ?? 31, warmups: 3 },
      ),
    );
  },
};
