/** What an engine must do at its edges: take and give arrays in their logical layouts, and manage memory. */
import type { Engine, TensorKind } from "@tadsr/core";
import * as fc from "fast-check";
import { identical } from "../equality.ts";
import { evaluate } from "../evaluate.ts";
import { type Input, imageShapes, tensorOf, upTo } from "../inputs.ts";
import { check, every, type Law, law, type Verdict } from "../law.ts";

const shapes: Readonly<Record<TensorKind, fc.Arbitrary<readonly number[]>>> = {
  scalar: fc.constant([]),
  vector: fc.tuple(upTo(8)),
  matrix: fc.tuple(upTo(4), upTo(6)),
  image: imageShapes(),
  convolution: fc.tuple(upTo(4), upTo(3), upTo(3), upTo(3)),
  depthwise: fc.tuple(upTo(4), fc.constant(1), upTo(3), upTo(3)),
  sequence: fc.tuple(upTo(4), upTo(3), upTo(5)),
};

const kinds = Object.keys(shapes) as readonly TensorKind[];

const ofKind = (kind: TensorKind): fc.Arbitrary<Input> =>
  shapes[kind].chain((shape) => tensorOf(kind, shape));

const roundTrip = (kind: TensorKind): Law =>
  law({
    name: `upload and download are inverse: ${kind}`,
    statement: "download(upload(a)) = a for float32 elements, from Float32Array and from Float64Array",
    operations: [],
    inputs: ofKind(kind),
    holds: async (engine, _equal, a) => {
      const single = { shape: a.shape, data: Float32Array.from(a.data) };
      const tensors = [engine.upload(kind, a), engine.upload(kind, single)];
      const verdicts: Verdict[] = [];
      for (const tensor of tensors) verdicts.push(identical(await engine.download(kind, tensor), a, 0));
      engine.release(tensors);
      return every(verdicts);
    },
  });

const images = imageShapes().chain((shape) => fc.tuple(tensorOf("image", shape), tensorOf("image", shape)));

const copies: readonly Law[] = [
  law({
    name: "upload copies",
    statement: "a later change of the array does not change the tensor",
    operations: [],
    inputs: images,
    holds: async (engine, _equal, [a]) => {
      const array = { shape: a.shape, data: Float32Array.from(a.data) };
      const tensor = engine.upload("image", array);
      array.data.fill(7);
      const found = await engine.download("image", tensor);
      engine.release([tensor]);
      return identical(found, a, 0);
    },
  }),
  law({
    name: "download copies",
    statement: "a change of a downloaded array does not change the tensor",
    operations: [],
    inputs: images,
    holds: async (engine, _equal, [a]) => {
      const tensor = engine.upload("image", a);
      (await engine.download("image", tensor)).data.fill(7);
      const found = await engine.download("image", tensor);
      engine.release([tensor]);
      return identical(found, a, 0);
    },
  }),
];

/** Compares the number of living tensors with the number before. */
const sameNumber = (now: number, before: number, when: string): Verdict =>
  check(now === before, () => `${now} tensors alive ${when}, ${before} before`);

const scopeLaw = (
  name: string,
  statement: string,
  holds: <T>(engine: Engine<T>, a: Input, b: Input) => Promise<Verdict>,
): Law =>
  law({
    name,
    statement,
    operations: [],
    cost: 3,
    inputs: images,
    holds: (engine, _equal, [a, b]) => holds(engine, a, b),
  });

/** A computation with intermediate results: (a + b)^2 (a + b). */
const cube = <T>({ algebra }: Engine<T>, a: T, b: T): T => {
  const sum = algebra.add(a, b);
  return algebra.multiply(algebra.square(sum), sum);
};

const scopes: readonly Law[] = [
  scopeLaw(
    "scope keeps its result and releases the rest",
    "after a scope one more tensor is alive; after its release, as many as before",
    async (engine, a, b) => {
      const expected = await evaluate(engine, "image", [a, b], (A, x, y) => {
        const sum = A.add(x, y);
        return A.multiply(A.square(sum), sum);
      });
      const inputs = [engine.upload("image", a), engine.upload("image", b)] as const;
      const before = engine.liveTensors();
      const result = engine.scope(() => cube(engine, ...inputs));
      const growth = engine.liveTensors() - before;
      const found = await engine.download("image", result);
      engine.release([result]);
      const after = engine.liveTensors();
      engine.release(inputs);
      return every([
        check(growth <= 1, () => `${growth} tensors more after a scope that keeps one`),
        sameNumber(after, before, "after the result's release"),
        identical(found, expected, 0),
      ]);
    },
  ),
  scopeLaw(
    "scope keeps tensors in lists and records",
    "what a result holds, at any depth, is alive; the rest is released",
    async (engine, a, b) => {
      const inputs = [engine.upload("image", a), engine.upload("image", b)] as const;
      const before = engine.liveTensors();
      const { list, record } = engine.scope(() => ({
        list: [engine.algebra.stopGradient(inputs[0]), cube(engine, ...inputs)],
        record: { inner: { deep: engine.algebra.stopGradient(inputs[1]) } },
      }));
      const kept = [...list, record.inner.deep];
      const verdicts = [
        identical(await engine.download("image", kept[0] as (typeof kept)[number]), a, 0),
        identical(await engine.download("image", record.inner.deep), b, 0),
      ];
      engine.release(kept);
      verdicts.push(sameNumber(engine.liveTensors(), before, "after the release of what was kept"));
      engine.release(inputs);
      return every(verdicts);
    },
  ),
  scopeLaw(
    "scope that keeps nothing leaves no tensors",
    "a scope whose result holds no tensor leaves as many alive as before, even if it uploads",
    async (engine, a, b) => {
      const before = engine.liveTensors();
      const answer = engine.scope(() => {
        cube(engine, engine.upload("image", a), engine.upload("image", b));
        return 42;
      });
      return every([
        check(answer === 42, () => `the scope's result is ${answer}, expected 42`),
        sameNumber(engine.liveTensors(), before, "after the scope"),
      ]);
    },
  ),
  scopeLaw(
    "scopes nest",
    "what an inner scope keeps, the outer one releases unless it keeps it too",
    async (engine, a, b) => {
      const inputs = [engine.upload("image", a), engine.upload("image", b)] as const;
      const before = engine.liveTensors();
      const result = engine.scope(() => {
        const inner = engine.scope(() => cube(engine, ...inputs));
        engine.scope(() => cube(engine, inner, inputs[0]));
        return engine.algebra.subtract(inner, inner);
      });
      const found = await engine.download("image", result);
      engine.release([result]);
      const after = engine.liveTensors();
      engine.release(inputs);
      return every([
        sameNumber(after, before, "after the outer result's release"),
        identical(found, { shape: a.shape, data: new Float64Array(a.data.length) }, 0),
      ]);
    },
  ),
  scopeLaw(
    "scope leaves tensors from outside alive",
    "what was uploaded before the scope can be used after it, even if the scope returns it",
    async (engine, a, b) => {
      const inputs = [engine.upload("image", a), engine.upload("image", b)] as const;
      const returned = engine.scope(() => {
        cube(engine, ...inputs);
        return inputs[0];
      });
      const verdicts = [
        identical(await engine.download("image", returned), a, 0),
        identical(await engine.download("image", inputs[0]), a, 0),
        identical(await engine.download("image", inputs[1]), b, 0),
      ];
      engine.release(new Set([...inputs, returned]));
      return every(verdicts);
    },
  ),
  scopeLaw(
    "scope whose work throws releases everything",
    "the error passes through unchanged, and as many tensors are alive as before",
    async (engine, a, b) => {
      const inputs = [engine.upload("image", a), engine.upload("image", b)] as const;
      const before = engine.liveTensors();
      const planted = new Error("planted");
      let caught: unknown = null;
      try {
        engine.scope(() => {
          cube(engine, ...inputs);
          throw planted;
        });
      } catch (error) {
        caught = error;
      }
      const after = engine.liveTensors();
      engine.release(inputs);
      return every([
        check(caught === planted, () => `the work's error came out as ${String(caught)}`),
        sameNumber(after, before, "after the error"),
      ]);
    },
  ),
  scopeLaw(
    "release frees the given tensors and no others",
    "uploads that are released are no longer alive; the others keep their values",
    async (engine, a, b) => {
      const before = engine.liveTensors();
      const [kept, given] = [engine.upload("image", a), engine.upload("image", b)];
      engine.release([given]);
      const found = await engine.download("image", kept);
      engine.release([kept]);
      return every([
        identical(found, a, 0),
        sameNumber(engine.liveTensors(), before, "after the release of all"),
      ]);
    },
  ),
  scopeLaw(
    "repeated work does not leak",
    "upload, work, download, release: as many tensors are alive after the fifth time as after the first",
    async (engine, a, b) => {
      const work = (): Promise<unknown> =>
        evaluate(engine, "image", [a, b], (A, x, y) => A.divide(A.add(x, y), A.offset(A.square(y), 1)));
      await work();
      const before = engine.liveTensors();
      for (let i = 0; i < 4; i++) await work();
      return sameNumber(engine.liveTensors(), before, "after four times more");
    },
  ),
];

export const engineLaws: readonly Law[] = [...kinds.map(roundTrip), ...copies, ...scopes];
