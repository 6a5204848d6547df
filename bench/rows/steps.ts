/** What distillation to one step saves. */
import type { Row } from "../lib/row.ts";
import { measureModels, oursAs } from "./model-pair.ts";

export const steps: Row = {
  name: "steps",
  title: "The student's one step against the teacher's four, 256 to 1024",
  measures:
    "RGB bytes in memory to RGB bytes in memory with small-x4 and with small-x4-teacher, both open and warm, " +
    "each in a process of its own.",
  run: (request) =>
    measureModels(request)({
      name: "student against teacher",
      ours: oursAs("small-x4", request.runtime, 256),
      theirs: oursAs("small-x4-teacher", request.runtime, 256),
      goal: null,
      rounds: 11,
    }),
};
