/**
 * ONNX Runtime's bare convolution, 3x3 and as many channels out as in, one after another, from a tensor to a tensor.
 *
 * Settings: `channels`, `count` (of the convolutions), `side` (of the image, in pixels).
 */
import * as TE from "fp-ts/lib/TaskEither.js";
import { bareGraph } from "../lib/bare-convolutions.ts";
import { failedBy } from "../lib/bench-error.ts";
import type { Contender } from "../lib/contender.ts";
import { anyInputs, openSession } from "../lib/onnx-session.ts";

export const contender: Contender = ({ channels = "64", count = "1", side = "256" }) =>
  TE.tryCatch(async () => {
    const shape = { channels: Number(channels), count: Number(count), side: Number(side) };
    const session = await openSession(bareGraph(shape));
    const inputs = anyInputs(session);
    return { run: () => session.run(inputs) };
  }, failedBy);
