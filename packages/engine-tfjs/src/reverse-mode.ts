/**
 * Reverse mode over TensorFlow.js's tape that releases memory early: a slope once it has been passed on, and an
 * operation's saved tensors once its gradient is computed. TensorFlow.js's own pass keeps all of them to the end. Then
 * every operation writes to memory that is in no cache, and a training step holds twice as much.
 */
import * as tf from "@tensorflow/tfjs-core";

/** An operation that was recorded (tfjs-core 4.22, tape.ts). */
interface TapeNode {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  /** The slopes of the inputs, each computed when it is asked for; absent if there is no gradient. */
  readonly gradient?: (slopes: readonly (tf.Tensor | null)[]) => Readonly<Record<string, () => tf.Tensor>>;
  readonly saved?: readonly tf.Tensor[];
}

/** The functions with which TensorFlow.js's engine records; its declared interface does not have them. */
interface Recorder {
  readonly state: { activeTape: TapeNode[] | null };
  startTape(): void;
  endTape(): void;
}

const recorder = (): Recorder => tf.engine() as unknown as Recorder;

const releaseSaved = ({ saved = [] }: TapeNode): void => tf.dispose([...saved]);

/** Runs `work` and returns its result with what was recorded. */
const recorded = (
  work: () => tf.Tensor,
): { readonly value: tf.Tensor; readonly tape: readonly TapeNode[] } => {
  const { state, startTape, endTape } = recorder();
  startTape.call(recorder());
  const started = state.activeTape ?? [];
  try {
    return { value: tf.tidy(work), tape: started };
  } catch (thrown) {
    started.forEach(releaseSaved);
    throw thrown;
  } finally {
    endTape.call(recorder());
    state.activeTape = null;
  }
};

type Slopes = Map<number, tf.Tensor>;

/** Adds a slope to the tensor's slope so far. */
const accumulate = (slopes: Slopes, { id }: tf.Tensor, slope: tf.Tensor): void => {
  const former = slopes.get(id);
  slopes.set(id, former === undefined ? slope : tf.add(former, slope));
  if (former !== undefined) tf.dispose([former, slope]);
};

/** Passes the slopes of an operation's outputs on to those of its inputs that are in `differentiable`. */
const passBack = (slopes: Slopes, node: TapeNode, differentiable: ReadonlySet<number>): void => {
  const own = node.outputs.map(({ id }) => slopes.get(id) ?? null);
  if (own.every((slope) => slope === null)) return;
  if (node.gradient === undefined) throw new Error(`no gradient is registered for ${node.kernelName}`);
  const ofInputs = node.gradient(own);
  const held = new Set(own);
  for (const [name, input] of Object.entries(node.inputs)) {
    if (!differentiable.has(input.id)) continue;
    const slopeOf = ofInputs[name];
    if (slopeOf === undefined) throw new Error(`${node.kernelName} has no gradient for ${name}`);
    const computed = tf.tidy(slopeOf);
    // If two inputs shared one tensor, or an input's slope were the output's own, it would be released while in use.
    const slope = held.has(computed) ? computed.clone() : computed;
    held.add(slope);
    accumulate(slopes, input, slope);
  }
  for (const { id } of node.outputs) slopes.delete(id);
  tf.dispose(own.filter((slope) => slope !== null));
};

/**
 * A scalar and its gradients with respect to `parameters`, in their order; null for a parameter that it does not depend
 * on. They belong to the caller's scope.
 */
export const reverseMode = (
  parameters: readonly tf.Tensor[],
  scalar: () => tf.Tensor,
): { readonly value: tf.Tensor; readonly gradients: readonly (tf.Tensor | null)[] } => {
  const { value, tape } = recorded(scalar);
  const differentiable = new Set(parameters.map(({ id }) => id));
  const onTheWay = tape.filter(({ inputs, outputs }) => {
    const reached = Object.values(inputs).some(({ id }) => differentiable.has(id));
    if (reached) for (const { id } of outputs) differentiable.add(id);
    return reached;
  });
  const slopes: Slopes = new Map([[value.id, tf.onesLike(value)]]);
  try {
    for (const node of [...onTheWay].reverse()) {
      passBack(slopes, node, differentiable);
      releaseSaved(node);
    }
  } finally {
    tape.forEach(releaseSaved);
  }
  return { value, gradients: parameters.map(({ id }) => slopes.get(id) ?? null) };
};
