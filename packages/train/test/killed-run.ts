/** Trains the tiny teacher in a process of its own, so that the test can kill it: `data output [resume]`. */
import { cpu } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import { trainTeacher } from "../src/index.ts";
import { tinyTeacher } from "./tiny.ts";

const [data = "", output = "", resume] = process.argv.slice(2);
const engine = await cpu.open();
if (E.isLeft(engine)) throw new Error(engine.left.missing);
const outcome = await trainTeacher(
  engine.right,
  { ...tinyTeacher(data, output), resume: resume === "resume" },
  { onProgress: ({ step }) => process.stdout.write(`step ${step}\n`) },
)();
if (E.isLeft(outcome)) throw new Error(outcome.left.message);
