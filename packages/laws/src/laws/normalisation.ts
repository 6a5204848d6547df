/** Normalisation over groups of channels. */
import * as fc from "fast-check";
import { definition, equation } from "../equation.ts";
import { evaluate } from "../evaluate.ts";
import { dimensions, type Input, imageShapes, inputFrom, numbers, tensorOf, upTo } from "../inputs.ts";
import { type Law, law } from "../law.ts";

interface Grouped {
  readonly image: Input;
  readonly weight: Input;
  readonly bias: Input;
  readonly groups: number;
  readonly epsilon: number;
}

const grouped: fc.Arbitrary<Grouped> = fc.tuple(imageShapes(3), upTo(3)).chain(([[n, h, w, size], groups]) =>
  fc.record({
    image: tensorOf("image", [n, h, w, size * groups]),
    weight: tensorOf("vector", [size * groups]),
    bias: tensorOf("vector", [size * groups]),
    groups: fc.constant(groups),
    epsilon: numbers(0.25, 1),
  }),
);

const constantOf = (image: Input, value: number): Input =>
  inputFrom("vector", [dimensions(image)[3]], () => value);

/**
 * The indices of the elements that are normalised together with element i: its sample's run of neighbouring channels.
 */
const membersOf = ({ image, groups }: Pick<Grouped, "image" | "groups">, i: number): readonly number[] => {
  const [, h, w, c] = dimensions(image);
  const size = c / groups;
  const [sample, group] = [Math.floor(i / (h * w * c)), Math.floor((i % c) / size)];
  return Array.from(
    { length: h * w * size },
    (_, k) => (sample * h * w + Math.floor(k / size)) * c + group * size + (k % size),
  );
};

const meanOver = (members: readonly number[], f: (i: number) => number): number =>
  members.reduce((sum, i) => sum + f(i), 0) / members.length;

/** An image that has the mean over its group at each element. */
const groupMeans = (use: Pick<Grouped, "image" | "groups">, f: (x: number) => number): Input =>
  inputFrom("image", use.image.shape, (i) =>
    meanOver(membersOf(use, i), (k) => f(use.image.data[k] as number)),
  );

export const normalisationLaws: readonly Law[] = [
  definition({
    name: "groupNorm uses the mean and the population variance of each group",
    statement: "groupNorm(a, w, b) = (a - mean) / sqrt(mean (a - mean)^2 + epsilon) w[c] + b[c]",
    operations: ["groupNorm"],
    inputs: grouped,
    tensors: ({ image, weight, bias }) => [image, weight, bias],
    program:
      ({ groups, epsilon }) =>
      (A, a, w, b) =>
        A.groupNorm(a, w, b, { groups, epsilon }),
    expected: (use) => {
      const { image, weight, bias, epsilon } = use;
      const c = dimensions(image)[3];
      const at = (i: number): number => image.data[i] as number;
      return inputFrom("image", image.shape, (i) => {
        const members = membersOf(use, i);
        const mean = meanOver(members, at);
        const variance = meanOver(members, (k) => (at(k) - mean) ** 2);
        const normal = (at(i) - mean) / Math.sqrt(variance + epsilon);
        return normal * (weight.data[i % c] as number) + (bias.data[i % c] as number);
      });
    },
  }),
  law({
    name: "groupNorm has mean zero in each group",
    statement: "the mean of groupNorm(a, 1, 0) over a sample's group is 0",
    operations: ["groupNorm"],
    inputs: grouped,
    holds: async (engine, equal, { image, groups, epsilon }) => {
      const [ones, zeros] = [constantOf(image, 1), constantOf(image, 0)];
      const found = await evaluate(engine, "image", [image, ones, zeros], (A, a, w, b) =>
        A.groupNorm(a, w, b, { groups, epsilon }),
      );
      const result = { ...image, data: Float64Array.from(found.data) };
      return equal(
        groupMeans({ image: result, groups }, (x) => x),
        groupMeans({ image: result, groups }, () => 0),
        4,
      );
    },
  }),
  equation({
    name: "groupNorm does not change if a constant is added to a group",
    statement: "groupNorm(a + p_g) = groupNorm(a) for one number p_g for each group",
    operations: ["groupNorm", "add"],
    inputs: grouped.chain((use) =>
      fc.record({
        use: fc.constant(use),
        constants: tensorOf("vector", [use.groups], numbers(-2, 2)),
      }),
    ),
    tensors: ({ use: { image, weight, bias, groups }, constants }) => {
      const c = dimensions(image)[3];
      const added = inputFrom(
        "image",
        image.shape,
        (i) => constants.data[Math.floor((i % c) / (c / groups))] as number,
      );
      return [image, weight, bias, added];
    },
    kind: () => "image",
    left:
      ({ use: { groups, epsilon } }) =>
      (A, a, w, b, added) =>
        A.groupNorm(A.add(a, added), w, b, { groups, epsilon }),
    right:
      ({ use: { groups, epsilon } }) =>
      (A, a, w, b) =>
        A.groupNorm(a, w, b, { groups, epsilon }),
  }),
];
