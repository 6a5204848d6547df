/** Lowers operations on single elements, and the mean. */
import { binary, concat, reduce, reshape, scalar, unary } from "../onnx/operators.ts";
import type { Value } from "../onnx/value.ts";
import type { NumberSlot } from "../recording/number-slot.ts";
import type { Term } from "../recording/term.ts";
import type { Context } from "./context.ts";

const two =
  (op: "Add" | "Sub" | "Mul" | "Div") =>
  ({ graph, of }: Context, a: Term, b: Term): Value =>
    binary(graph, op, of(a), of(b));

const one =
  (op: string) =>
  ({ graph, of }: Context, a: Term): Value =>
    unary(graph, op, of(a));

const isList = <A>(value: A | readonly A[]): value is readonly A[] => Array.isArray(value);

type Factor = number | NumberSlot;

/** One factor for all samples, or one for each sample along the first axis. */
const factors = (context: Context, { shape }: Value, factor: Factor | readonly Factor[]): Value => {
  if (!isList(factor)) return context.number(factor);
  if (factor.length !== shape[0])
    throw new Error(
      `scale: found ${factor.length} factors for a batch of ${shape[0]}, expected one for each sample`,
    );
  const { graph } = context;
  const each = factor.map((value) => reshape(graph, context.number(value), [1]));
  return reshape(graph, concat(graph, each, 0), [factor.length, ...shape.slice(1).map(() => 1)]);
};

/** a sigmoid(a); ONNX Runtime makes one kernel of the two operators. */
const silu = ({ graph }: Pick<Context, "graph">, a: Value): Value =>
  binary(graph, "Mul", a, unary(graph, "Sigmoid", a));

/** ONNX has GELU from opset 20 on; before that, it is written as a (1 + erf(a / sqrt 2)) / 2. */
const gelu = ({ graph, dialect, of }: Context, term: Term): Value => {
  const a = of(term);
  if (dialect.opset >= 20) return unary(graph, "Gelu", a);
  const erf = unary(graph, "Erf", binary(graph, "Mul", a, scalar(graph, Math.SQRT1_2)));
  const half = binary(graph, "Mul", a, scalar(graph, 0.5));
  return binary(graph, "Mul", half, binary(graph, "Add", erf, scalar(graph, 1)));
};

const clip = (graph: Context["graph"], a: Value, least: number, most: number): Value =>
  graph.node({ op: "Clip", inputs: [a, scalar(graph, least), scalar(graph, most)], shape: a.shape });

export const pointwise = {
  add: two("Add"),
  subtract: two("Sub"),
  multiply: two("Mul"),
  divide: two("Div"),
  scale: (context: Context, a: Term, factor: Factor | readonly Factor[]): Value => {
    const value = context.of(a);
    return binary(context.graph, "Mul", value, factors(context, value, factor));
  },
  offset: (context: Context, a: Term, constant: Factor): Value =>
    binary(context.graph, "Add", context.of(a), context.number(constant)),
  square: ({ graph, of }: Context, a: Term): Value => binary(graph, "Mul", of(a), of(a)),
  sqrt: one("Sqrt"),
  abs: one("Abs"),
  relu: one("Relu"),
  softplus: one("Softplus"),
  mean: ({ graph, of }: Context, a: Term): Value => {
    const value = of(a);
    const axes = value.shape.map((_, axis) => axis);
    return axes.length === 0 ? value : reduce(graph, "ReduceMean", value, axes, false);
  },
  stopGradient: ({ of }: Context, a: Term): Value => of(a),
  silu: (context: Context, a: Term): Value => silu(context, context.of(a)),
  relu6: ({ graph, of }: Context, a: Term): Value => clip(graph, of(a), 0, 6),
  leakyRelu: ({ graph, of }: Context, a: Term, slope: number): Value =>
    unary(graph, "LeakyRelu", of(a), { alpha: { float: slope } }),
  gelu,
  /** Slopes [c] in the shape that broadcasts over an image: [c, 1, 1]. */
  prelu: ({ graph, of }: Context, image: Term, slope: Term): Value => {
    const value = of(image);
    return graph.node({
      op: "PRelu",
      inputs: [value, reshape(graph, of(slope), [-1, 1, 1])],
      shape: value.shape,
    });
  },
};
