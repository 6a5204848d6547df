/** The laws of joining can fail: each broken way of joining is caught by the law about its fault. */
import { type Engine, type Joining, type ReferenceTensor, referenceEngine, type Tensors } from "@tadsr/core";
import { describe, it } from "vitest";
import { expectCaught, map } from "./caught.ts";
import { countingEngine } from "./counting-engine.ts";

describe("a broken way of joining is caught", () => {
  type Fault = (
    joining: Joining<ReferenceTensor>,
    example: Tensors<ReferenceTensor>,
  ) => Partial<Joining<ReferenceTensor>>;
  const engineWith = (fault: Fault): Engine<ReferenceTensor> => ({
    ...referenceEngine,
    name: "broken",
    joining: (example) => {
      const whole = referenceEngine.joining?.(example);
      if (whole === undefined) throw new Error("the reference joins no tensors");
      return { ...whole, ...fault(whole, example) };
    },
  });

  it.each<readonly [string, Fault, string]>([
    [
      "that depends on the order in which tensors are given",
      (_, example) => ({
        join: (tensors) => {
          const data = Object.values(tensors).flatMap((tensor) => [...tensor.data]);
          if (Object.keys(tensors).length < Object.keys(example).length) throw new Error("missing");
          return { shape: [data.length], data: Float64Array.from(data) };
        },
      }),
      "part undoes join",
    ],
    [
      "that reverses the vector",
      ({ join }) => ({ join: (tensors) => ({ ...join(tensors), data: join(tensors).data.toReversed() }) }),
      "part undoes join",
    ],
    [
      "that pads the vector",
      ({ join, part }) => ({
        join: (tensors) => {
          const { data } = join(tensors);
          return { shape: [data.length + 1], data: Float64Array.of(...data, 1) };
        },
        part: ({ data }) => part({ shape: [data.length - 1], data: data.subarray(0, -1) }),
      }),
      "a joined vector has every element once",
    ],
    [
      "that loses the sign",
      ({ join }) => ({ join: (tensors) => map(join(tensors), Math.abs) }),
      "pointwise operations on joined vectors are those on their parts",
    ],
    [
      "that takes missing tensors for zeros",
      ({ join }, example) => ({
        join: (tensors) =>
          join(
            Object.fromEntries(
              Object.entries(example).map(([name, like]) => [name, tensors[name] ?? map(like, () => 0)]),
            ),
          ),
      }),
      "join refuses tensors that do not fit its example",
    ],
  ])("%s", async (_, fault, name) => {
    await expectCaught(engineWith(fault), name);
  });

  it("that leaves a tensor behind", async () => {
    const counting = countingEngine();
    const leaky: Engine<ReferenceTensor> = {
      ...counting,
      joining: (example) => {
        const whole = counting.joining?.(example);
        if (whole === undefined) throw new Error("it joins no tensors");
        const forgotten = { shape: [], data: Float64Array.of(1) };
        return {
          ...whole,
          join: (tensors) => {
            counting.upload("scalar", forgotten);
            return whole.join(tensors);
          },
        };
      },
      scope: (work) => work(),
    };
    await expectCaught(leaky, "joining makes one tensor and leaves no others");
  });
});
