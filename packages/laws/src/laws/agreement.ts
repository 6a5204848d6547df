/** Every operation agrees with the float64 reference interpreter and does not change its operands. */
import { referenceEngine } from "@tadsr/core";
import { identical } from "../equality.ts";
import { evaluate, sizeOf } from "../evaluate.ts";
import { every, type Law, law, type Operation, type Verdict } from "../law.ts";
import { anyUse, operations } from "../operations.ts";
import { operandsOf } from "../use.ts";

/** Operations with many variants (strides, paddings, kernels, shifts) are tried more often. */
const manyPaths: ReadonlySet<Operation> = new Set(["conv2d", "depthwiseConv2d", "windowAttention"]);

const agreement = (operation: Operation): Law =>
  law({
    name: `agrees with the reference: ${operation}`,
    statement: `${operation} gives what the reference interpreter gives, for random arguments`,
    operations: [operation],
    cost: manyPaths.has(operation) ? 1 / 8 : 1,
    inputs: anyUse(operation),
    holds: async (engine, equal, { kind, program, ...operands }) => {
      const tensors = operandsOf(operands);
      return equal(
        await evaluate(engine, kind, tensors, program),
        await evaluate(referenceEngine, kind, tensors, program),
        sizeOf(tensors, program),
      );
    },
  });

const purity = (operation: Operation): Law =>
  law({
    name: `does not change its operands: ${operation}`,
    statement: `after ${operation} its operands hold the values they held before`,
    operations: [operation],
    cost: 4,
    inputs: anyUse(operation),
    holds: async (engine, _equal, { program, ...operands }) => {
      const tensors = operandsOf(operands);
      const uploaded = tensors.map((array) => engine.upload(array.kind, array));
      const verdicts: Verdict[] = [];
      engine.scope(() => {
        program(engine.algebra, ...uploaded);
      });
      for (const [i, array] of tensors.entries()) {
        const tensor = uploaded[i];
        if (tensor !== undefined)
          verdicts.push(identical(await engine.download(array.kind, tensor), array, 0));
      }
      engine.release(uploaded);
      return every(verdicts);
    },
  });

export const agreementLaws: readonly Law[] = [...operations.map(agreement), ...operations.map(purity)];
