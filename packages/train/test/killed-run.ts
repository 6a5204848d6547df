/**
 * Trains in a separate process, so that a test can kill it or limit it: the tiny teacher, or with --teacher (the folder
 * of its model) the tiny student with its discriminator.
 *
 *   data output [--teacher folder] [--validation folder] [--steps n] [--resume]
 *
 * Prints a line for each finished step. An error is one line on standard error, with exit status 1.
 */
import { parseArgs } from "node:util";
import { cpu } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import { trainStudent, trainTeacher } from "../src/index.ts";
import { tinyAdversarial, tinyPlan, tinyTeacher } from "./tiny.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    teacher: { type: "string" },
    validation: { type: "string" },
    steps: { type: "string" },
    resume: { type: "boolean", default: false },
  },
});
const [data = "", output = ""] = positionals;
const { teacher, validation, steps, resume } = values;
const engine = await cpu.open();
if (E.isLeft(engine)) throw new Error(engine.left.missing);
const onProgress = ({ step }: { readonly step: number }): boolean => process.stdout.write(`step ${step}\n`);
const changes = {
  resume,
  ...(validation === undefined ? {} : { validation: tinyPlan(validation) }),
  ...(steps === undefined ? {} : { steps: Number(steps) }),
};
const outcome = await (teacher === undefined
  ? trainTeacher(engine.right, { ...tinyTeacher(data, output), ...changes }, { onProgress })
  : trainStudent(engine.right, { ...tinyAdversarial(data, output, teacher), ...changes }, { onProgress }))();
if (E.isLeft(outcome)) {
  process.stderr.write(`${outcome.left.message}\n`);
  process.exitCode = 1;
}
