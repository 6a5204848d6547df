/**
 * ONNX Runtime's bare convolutions, one after another, from tensor to tensor. Each is 3x3 and keeps the number of
 * channels.
 *
 * Settings: `channels`, `count` (the number of convolutions), `side` (of the image, in pixels).
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
