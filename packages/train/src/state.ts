/** The whole state of a training, on an engine and on the host. */
import type { Engine, Tensors } from "@tadsr/core";
import { type HostWeights, type ParameterSpec, uploadWeights } from "@tadsr/model";
import { packingOf } from "./packing.ts";
import type { AdversaryState, LearningState } from "./step.ts";
import type { AdversarySpec } from "./task.ts";

/** Everything that a step reads and writes; tensors of one engine. */
export interface TrainingState<T> extends LearningState<T> {
  /** Steps done. */
  readonly step: number;
  /** The exponential moving average of the weights that learn, packed; it is what is kept in the end. */
  readonly average: Tensors<T>;
}

/** What tensors a state has. */
export interface StateSpecs {
  readonly parameters: readonly ParameterSpec[];
  /** Names of the parameters that keep their value. */
  readonly held: ReadonlySet<string>;
  readonly adversary: Pick<AdversarySpec, "parameters" | "buffers"> | null;
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
  readonly adversary: (HostLearner & { readonly buffers: HostWeights }) | null;
}

/** Every tensor of a judge; none where there is none. */
export const ofJudge = <T>(adversary: AdversaryState<T> | null): readonly T[] =>
  adversary === null
    ? []
    : [adversary.weights, adversary.buffers, adversary.first, adversary.second].flatMap((tensors) =>
        Object.values(tensors),
      );

/** Every tensor that is the state's own. */
export const tensorsOf = <T>({
  weights,
  held,
  average,
  first,
  second,
  adversary,
}: TrainingState<T>): readonly T[] => [
  ...[weights, held, average, first, second].flatMap((tensors) => Object.values(tensors)),
  ...ofJudge(adversary),
];

const zerosLike = (weights: HostWeights): HostWeights =>
  Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [
      name,
      { shape, data: new Float32Array(data.length) },
    ]),
  );

/** The state before the first step. */
export const freshState = (initial: HostWeights, adversary: HostWeights | null): HostState => {
  const zeros = zerosLike(initial);
  const ofJudge = adversary === null ? null : zerosLike(adversary);
  return {
    step: 0,
    weights: initial,
    average: initial,
    first: zeros,
    second: zeros,
    adversary:
      adversary === null || ofJudge === null
        ? null
        : { weights: adversary, buffers: adversary, first: ofJudge, second: ofJudge },
  };
};

const learnedOf = ({ parameters, held }: StateSpecs): readonly ParameterSpec[] =>
  parameters.filter(({ name }) => !held.has(name));

const heldOf = ({ parameters, held }: StateSpecs): readonly ParameterSpec[] =>
  parameters.filter(({ name }) => held.has(name));

/** Puts a state on the engine. Throws where a tensor is missing or its shape does not fit. */
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
  const adversary = (): AdversaryState<T> | null => {
    if (specs.adversary === null || host.adversary === null) return null;
    const { weights, buffers, first, second } = host.adversary;
    return {
      ...learner(specs.adversary.parameters, { weights, first, second }),
      buffers: uploadWeights(engine, specs.adversary.buffers, buffers),
    };
  };
  return engine.scope(() => {
    const { step, weights, average, first, second } = host;
    return {
      step,
      ...learner(learnedOf(specs), { weights, average, first, second }),
      held: uploadWeights(engine, heldOf(specs), weights),
      adversary: adversary(),
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

/** The moving average of the weights, with those that are held. */
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
  const adversary = async (): Promise<HostState["adversary"]> => {
    if (specs.adversary === null || state.adversary === null) return null;
    const { parameters, buffers } = specs.adversary;
    const judge = state.adversary;
    return {
      weights: await downloadPacked(engine, parameters, judge, judge.weights),
      buffers: await downloadWeights(engine, buffers, judge.buffers),
      first: await downloadPacked(engine, parameters, judge, judge.first),
      second: await downloadPacked(engine, parameters, judge, judge.second),
    };
  };
  return {
    step: state.step,
    weights: { ...(await packed(state.weights)), ...held },
    average: { ...(await packed(state.average)), ...held },
    first: await packed(state.first),
    second: await packed(state.second),
    adversary: await adversary(),
  };
};
