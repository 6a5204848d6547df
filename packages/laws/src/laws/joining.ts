/** What an engine must do if it joins named tensors into one vector. */
import { type Engine, elements, type Joining, type TensorKind, type Tensors } from "@tadsr/core";
import * as fc from "fast-check";
import { closeTo, identical } from "../equality.ts";
import { type Input, tensorOf, upTo } from "../inputs.ts";
import { check, every, type Law, type LawOf, law, type Verdict } from "../law.ts";

/** Shapes with a small chance that two tensors of a record have the same one. */
const shapes: Readonly<Record<TensorKind, fc.Arbitrary<readonly number[]>>> = {
  scalar: fc.constant([]),
  vector: fc.tuple(upTo(5)),
  matrix: fc.tuple(upTo(3), upTo(4)),
  image: fc.tuple(upTo(2), upTo(3), upTo(3), upTo(3)),
  convolution: fc.tuple(upTo(3), upTo(3), upTo(3), upTo(3)),
  depthwise: fc.tuple(upTo(3), fc.constant(1), upTo(3), upTo(3)),
  sequence: fc.tuple(upTo(3), upTo(3), upTo(3)),
};

/** Two records of tensors with the same names, kinds and shapes. */
type Pair = readonly (readonly [Input, Input])[];

const kinds = Object.keys(shapes) as readonly TensorKind[];

const pairs: fc.Arbitrary<Pair> = fc.array(
  fc
    .constantFrom(...kinds)
    .chain((kind) => shapes[kind].chain((shape) => fc.tuple(tensorOf(kind, shape), tensorOf(kind, shape)))),
  { minLength: 1, maxLength: 6 },
);

const nameOf = (place: number): string => `tensor.${place}`;

const upload = <T>(engine: Engine<T>, inputs: readonly Input[]): Tensors<T> =>
  Object.fromEntries(inputs.map((input, place) => [nameOf(place), engine.upload(input.kind, input)]));

const joiningOf = <T>(engine: Engine<T>, example: Tensors<T>): Joining<T> => {
  if (engine.joining === undefined) throw new Error("the engine joins nothing");
  return engine.joining(example);
};

/** Compares each tensor of a record with its expected value. */
const compare = async <T>(
  engine: Engine<T>,
  found: Tensors<T>,
  expected: readonly Input[],
  equal: typeof identical,
): Promise<Verdict> => {
  const names = expected.map((_, place) => nameOf(place));
  const wrong = Object.keys(found).sort().join() !== [...names].sort().join();
  if (wrong) return `the parts are ${Object.keys(found).join(", ")}, expected ${names.join(", ")}`;
  const verdicts: Verdict[] = [];
  for (const [place, input] of expected.entries()) {
    const array = await engine.download(input.kind, found[nameOf(place)] as T);
    verdicts.push(equal(array, input, 1));
  }
  return every(verdicts);
};

const release = <T>(engine: Engine<T>, ...records: readonly Tensors<T>[]): void =>
  engine.release(new Set(records.flatMap((record) => Object.values(record))));

const joiningLaw = (
  name: string,
  statement: string,
  operations: LawOf<Pair>["operations"],
  holds: LawOf<Pair>["holds"],
): Law => law({ name, statement, operations, needs: "joining", cost: 2, inputs: pairs, holds });

/** a + 2 b^2, element by element. */
const combine = (a: Input, b: Input): Input => ({
  ...a,
  data: a.data.map((value, i) => value + 2 * (b.data[i] as number) ** 2),
});

export const joiningLaws: readonly Law[] = [
  joiningLaw(
    "part undoes join",
    "part(join(a)) = a, in whatever order the tensors are given",
    [],
    async (engine, _equal, inputs) => {
      const [first, second] = [inputs.map(([a]) => a), inputs.map(([, b]) => b)];
      const example = upload(engine, first);
      const others = Object.fromEntries(Object.entries(upload(engine, second)).reverse());
      const { join, part } = joiningOf(engine, example);
      const parted = engine.scope(() => [part(join(example)), part(join(others))]);
      const verdicts = [
        await compare(engine, parted[0] ?? {}, first, identical),
        await compare(engine, parted[1] ?? {}, second, identical),
        await compare(engine, example, first, identical),
      ];
      release(engine, example, others, ...parted);
      return every(verdicts);
    },
  ),
  joiningLaw(
    "pointwise operations on joined vectors are those on their parts",
    "part(join(a) + 2 join(b)^2) = a + 2 b^2",
    ["add", "scale", "square"],
    async (engine, _equal, inputs) => {
      const [a, b] = [
        upload(
          engine,
          inputs.map(([first]) => first),
        ),
        upload(
          engine,
          inputs.map(([, second]) => second),
        ),
      ];
      const { join, part } = joiningOf(engine, a);
      const { add, scale, square } = engine.algebra;
      const parted = engine.scope(() => part(add(join(a), scale(square(join(b)), 2))));
      const expected = inputs.map(([first, second]) => combine(first, second));
      const verdict = await compare(engine, parted, expected, (found, wanted) =>
        closeTo(engine.epsilon * 16)(found, wanted, 64),
      );
      release(engine, a, b, parted);
      return verdict;
    },
  ),
  joiningLaw(
    "a joined vector has every element once",
    "mean(join(a)) is the sum of all elements over their number",
    ["mean"],
    async (engine, _equal, inputs) => {
      const tensors = upload(
        engine,
        inputs.map(([a]) => a),
      );
      const { join } = joiningOf(engine, tensors);
      const mean = engine.scope(() => engine.algebra.mean(join(tensors)));
      const found = await engine.download("scalar", mean);
      const all = inputs.flatMap(([a]) => [...a.data]);
      const total = inputs.reduce((sum, [{ shape }]) => sum + elements(shape), 0);
      const data = Float64Array.of(all.reduce((sum, value) => sum + value, 0) / total);
      release(engine, tensors, { mean });
      return closeTo(engine.epsilon * 16)(found, { shape: [], data }, 4);
    },
  ),
  joiningLaw(
    "joining makes one tensor and leaves no others",
    "a scope that keeps join(a) has one more tensor, and one that keeps part(v) has as many more as a has",
    [],
    async (engine, _equal, inputs) => {
      const tensors = upload(
        engine,
        inputs.map(([a]) => a),
      );
      const before = engine.liveTensors();
      const { join, part } = joiningOf(engine, tensors);
      const joined = engine.scope(() => join(tensors));
      const afterJoin = engine.liveTensors() - before;
      const parted = engine.scope(() => part(joined));
      const afterPart = engine.liveTensors() - before - afterJoin;
      release(engine, parted, { joined });
      const left = engine.liveTensors() - before;
      release(engine, tensors);
      return every([
        check(afterJoin <= 1, () => `${afterJoin} more tensors after a join`),
        check(
          afterPart <= inputs.length,
          () => `${afterPart} more tensors after ${inputs.length} were taken apart`,
        ),
        check(left === 0, () => `${left} more tensors after all were released`),
      ]);
    },
  ),
  joiningLaw(
    "join refuses tensors that do not fit its example",
    "a tensor that is missing, or of another shape, throws",
    [],
    async (engine, _equal, inputs) => {
      const tensors = upload(
        engine,
        inputs.map(([a]) => a),
      );
      const { join } = joiningOf(engine, tensors);
      const longer = { shape: [99], data: new Float64Array(99) };
      const other = { ...tensors, [nameOf(0)]: engine.upload("vector", longer) };
      const { [nameOf(0)]: _first, ...fewer } = tensors;
      const refuses = (record: Tensors<unknown>): boolean => {
        try {
          engine.scope(() => join(record as typeof tensors));
          return false;
        } catch {
          return true;
        }
      };
      const verdicts = [
        check(refuses(fewer), () => "a missing tensor was joined"),
        check(refuses(other), () => "a tensor of another shape was joined"),
      ];
      release(engine, tensors, other);
      return every(verdicts);
    },
  ),
];
