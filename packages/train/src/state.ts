/** The whole state of a training, on an engine and on the host. */
import type { Engine, Tensors } from "@tadsr/core";
import { type HostWeights, type ParameterSpec, uploadWeights } from "@tadsr/model";
import { packingOf } from "./packing.ts";
import type { DiscriminatorState, LearningState } from "./step.ts";
import type { DiscriminatorSpec } from "./task.ts";

/** Everything that a step reads and writes, as tensors of one engine. */
export interface TrainingState<T> extends LearningState<T> {
  /** Steps done. */
  readonly step: number;
  /** The exponential moving average of the learned weights, packed. It is kept at the end. */
  readonly average: Tensors<T>;
}

/** The tensors that a state has. */
export interface StateSpecs {
  readonly parameters: readonly ParameterSpec[];
  /** Names of the parameters that keep their value. */
  readonly held: ReadonlySet<string>;
  readonly discriminator: Pick<DiscriminatorSpec, "parameters" | "buffers"> | null;
}

/** A network's part of a state. `weights` has all parameters; moments only those that learn. */
export interface HostLearner {
  readonly weights: HostWeights;
  readonly first: HostWeights;
  readonly second: HostWeights;
}

/** A state by the parameters' own names and in their logical layouts, as a checkpoint holds it. */
export interface HostState extends HostLearner {
  readonly step: number;
  /** Of all parameters. */
  readonly average: HostWeights;
  readonly discriminator: (HostLearner & { readonly buffers: HostWeights }) | null;
}

/** Every tensor of a discriminator's state; none if there is no discriminator. */
export const ofDiscriminator = <T>(discriminator: DiscriminatorState<T> | null): readonly T[] =>
  discriminator === null
    ? []
    : [discriminator.weights, discriminator.buffers, discriminator.first, discriminator.second].flatMap(
        (tensors) => Object.values(tensors),
      );

/** Every tensor of the state. */
export const tensorsOf = <T>({
  weights,
  held,
  average,
  first,
  second,
  discriminator,
}: TrainingState<T>): readonly T[] => [
  ...[weights, held, average, first, second].flatMap((tensors) => Object.values(tensors)),
  ...ofDiscriminator(discriminator),
];

const zerosLike = (weights: HostWeights): HostWeights =>
  Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [
      name,
      { shape, data: new Float32Array(data.length) },
    ]),
  );

/** The state before the first step. */
export const freshState = (initial: HostWeights, discriminator: HostWeights | null): HostState => {
  const zeros = zerosLike(initial);
  const ofDiscriminator = discriminator === null ? null : zerosLike(discriminator);
  return {
    step: 0,
    weights: initial,
    average: initial,
    first: zeros,
    second: zeros,
    discriminator:
      discriminator === null || ofDiscriminator === null
        ? null
        : { weights: discriminator, buffers: discriminator, first: ofDiscriminator, second: ofDiscriminator },
  };
};

const learnedOf = ({ parameters, held }: StateSpecs): readonly ParameterSpec[] =>
  parameters.filter(({ name }) => !held.has(name));

const heldOf = ({ parameters, held }: StateSpecs): readonly ParameterSpec[] =>
  parameters.filter(({ name }) => held.has(name));

/** Puts a state on the engine. Throws if a tensor is missing or its shape does not fit. */
export const uploadState = <T>(engine: Engine<T>, specs: StateSpecs, host: HostState): TrainingState<T> => {
  const learner = <Extra extends string>(
    parameters: readonly ParameterSpec[],
    { weights: ofHost, ...others }: { readonly weights: HostWeights } & Readonly<Record<Extra, HostWeights>>,
  ) => {
    const upload = (weights: HostWeights): Tensors<T> => uploadWeights(engine, parameters, weights);
    const example = upload(ofHost);
    const packing = packingOf(engine, parameters, example);
    const rest = Object.entries<HostWeights>(others).map(([part, weights]) => [
      part,
      packing.pack(upload(weights)),
    ]);
    return {
      packing,
      weights: packing.pack(example),
      ...(Object.fromEntries(rest) as Readonly<Record<Extra, Tensors<T>>>),
    };
  };
  const discriminator = (): DiscriminatorState<T> | null => {
    if (specs.discriminator === null || host.discriminator === null) return null;
    const { weights, buffers, first, second } = host.discriminator;
    return {
      ...learner(specs.discriminator.parameters, { weights, first, second }),
      buffers: uploadWeights(engine, specs.discriminator.buffers, buffers),
    };
  };
  return engine.scope(() => {
    const { step, weights, average, first, second } = host;
    return {
      step,
      ...learner(learnedOf(specs), { weights, average, first, second }),
      held: uploadWeights(engine, heldOf(specs), weights),
      discriminator: discriminator(),
    };
  });
};

/** Copies tensors of these parameters to the host. */
export const downloadWeights = async <T>(
  engine: Engine<T>,
  specs: readonly ParameterSpec[],
  tensors: Tensors<T>,
): Promise<HostWeights> => {
  const entries = await Promise.all(
    specs.map(async ({ name, kind }) => {
      const tensor = tensors[name];
      if (tensor === undefined) throw new Error(`parameter ${name} is missing from the state`);
      return [name, await engine.download(kind, tensor)] as const;
    }),
  );
  return Object.fromEntries(entries);
};

/** Copies packed tensors to the host, by the parameters' own names. */
export const downloadPacked = async <T>(
  engine: Engine<T>,
  specs: readonly ParameterSpec[],
  { packing }: Pick<LearningState<T>, "packing">,
  packed: Tensors<T>,
): Promise<HostWeights> => {
  const unpacked = engine.scope(() => packing.unpack(packed));
  const weights = await downloadWeights(engine, specs, unpacked);
  const own = new Set(Object.values(packed));
  engine.release(Object.values(unpacked).filter((tensor) => !own.has(tensor)));
  return weights;
};

/** The moving average of the weights, together with the held parameters. */
export const downloadAverage = async <T>(
  engine: Engine<T>,
  specs: StateSpecs,
  state: TrainingState<T>,
): Promise<HostWeights> => ({
  ...(await downloadPacked(engine, learnedOf(specs), state, state.average)),
  ...(await downloadWeights(engine, heldOf(specs), state.held)),
});

export const downloadState = async <T>(
  engine: Engine<T>,
  specs: StateSpecs,
  state: TrainingState<T>,
): Promise<HostState> => {
  const learned = learnedOf(specs);
  const held = await downloadWeights(engine, heldOf(specs), state.held);
  const packed = (tensors: Tensors<T>): Promise<HostWeights> =>
    downloadPacked(engine, learned, state, tensors);
  const discriminator = async (): Promise<HostState["discriminator"]> => {
    if (specs.discriminator === null || state.discriminator === null) return null;
    const { parameters, buffers } = specs.discriminator;
    const own = state.discriminator;
    return {
      weights: await downloadPacked(engine, parameters, own, own.weights),
      buffers: await downloadWeights(engine, buffers, own.buffers),
      first: await downloadPacked(engine, parameters, own, own.first),
      second: await downloadPacked(engine, parameters, own, own.second),
    };
  };
  return {
    step: state.step,
    weights: { ...(await packed(state.weights)), ...held },
    average: { ...(await packed(state.average)), ...held },
    first: await packed(state.first),
    second: await packed(state.second),
    discriminator: await discriminator(),
  };
};
