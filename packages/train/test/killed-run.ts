/**
 * Trains in a process of its own, so that the test can kill it: the tiny teacher, or where the folder of a
 * teacher's model is given the tiny student with its discriminator. `data output [teacher]`.
 */
import { cpu } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import { trainStudent, trainTeacher } from "../src/index.ts";
import { tinyAdversarial, tinyTeacher } from "./tiny.ts";

const [data = "", output = "", teacher] = process.argv.slice(2);
const engine = await cpu.open();
if (E.isLeft(engine)) throw new Error(engine.left.missing);
const onProgress = ({ step }: { readonly step: number }): boolean => process.stdout.write(`step ${step}\n`);
const outcome = await (teacher === undefined
  ? trainTeacher(engine.right, tinyTeacher(data, output), { onProgress })
  : trainStudent(engine.right, tinyAdversarial(data, output, teacher), { onProgress }))();
if (E.isLeft(outcome)) throw new Error(outcome.left.message);
