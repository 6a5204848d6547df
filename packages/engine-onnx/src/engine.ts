/**
 * The engine that compiles. It records operations, and computes when a result is asked for, by a session on the ONNX
 * graph of everything the result needs. One session serves all computations that differ only in data and numbers.
 */
import { type Algebra, type Engine, errorOfFailure, type NdArray, type TensorKind } from "@tadsr/core";
import type { Dialect } from "./lowering/context.ts";
import { type Lowered, lower } from "./lowering/lower.ts";
import { rules, simplify } from "./passes/index.ts";
import { recentlyUsed } from "./recently-used.ts";
import { type Computation, computationOf } from "./recording/computation.ts";
import { isSlot } from "./recording/number-slot.ts";
import { applied, operationNames } from "./recording/record.ts";
import { type Given, given, type Term } from "./recording/term.ts";

/** A tensor on this engine: the term that it is made of, until it is computed. */
export interface OnnxTensor {
  term: Term;
}

/** An array in the layout of the graph's input or output. */
export interface SessionTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A graph that is ready to run. */
export interface Session {
  readonly run: (
    feeds: Readonly<Record<string, SessionTensor>>,
  ) => Promise<Readonly<Record<string, SessionTensor>>>;
  readonly close: () => Promise<void>;
}

export interface OnnxEngineOptions extends Pick<Engine<OnnxTensor>, "memory"> {
  readonly name: string;
  /** The relative error to expect of one operation. */
  readonly epsilon: number;
  readonly dialect: Dialect;
  /** Makes a session of a graph. Rejects if the runtime refuses the graph. */
  readonly openSession: (graph: Lowered) => Promise<Session>;
  /** The most sessions that are held. Beyond it, the one that was used longest ago is closed first. */
  readonly sessions?: number;
  readonly close?: () => Promise<void>;
}

/** A session, and which of a computation's data and numbers it takes. */
interface Compiled {
  readonly session: Session;
  readonly wants: readonly {
    readonly name: string;
    readonly from: "data" | "numbers";
    readonly at: number;
  }[];
  /**
   * For each result, the name of the output; if there was nothing to compute, the number of the data or the constant.
   */
  readonly gives: readonly (string | number | Given)[];
}

const DEFAULT_SESSIONS = 12;

const NOTHING: Session = { run: async () => ({}), close: async () => undefined };

const isTensor = (value: unknown): value is OnnxTensor =>
  typeof value === "object" && value !== null && "term" in value;

const termOf = (operand: unknown): unknown => {
  if (isTensor(operand)) return operand.term;
  return Array.isArray(operand) ? operand.map(termOf) : operand;
};

/** Tensors in lists and records, at any depth. */
const heldIn = (value: unknown): readonly OnnxTensor[] => {
  if (isTensor(value)) return [value];
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value)
    ? Object.values(value).flatMap(heldIn)
    : [];
};

const single = (data: NdArray["data"]): Float32Array => Float32Array.from(data);

export const onnxEngine = (options: OnnxEngineOptions): Engine<OnnxTensor> => {
  const { dialect, openSession } = options;
  const scopes: Set<OnnxTensor>[] = [new Set()];
  const compiled = recentlyUsed<Promise<Compiled>>(options.sessions ?? DEFAULT_SESSIONS, async (old) => {
    await (await old).session.close();
  });

  const track = (term: Term): OnnxTensor => {
    const tensor = { term };
    scopes.at(-1)?.add(tensor);
    return tensor;
  };

  const compile = async ({ results, data }: Computation): Promise<Compiled> => {
    const simple = simplify(results, rules);
    const places = new Map(data.map((term, at) => [term, at]));
    const computed = simple.filter((term) => term.tag === "applied");
    const lowered = lower(computed, {
      ...dialect,
      nameOf: (term) => `data${places.get(term)}`,
      resultNames: computed.map((_, i) => `result${i}`),
    });
    const session = computed.length === 0 ? NOTHING : await openSession(lowered);
    return {
      session,
      wants: lowered.feeds.map(({ name, source }) =>
        isSlot(source)
          ? { name, from: "numbers", at: source.slot }
          : { name, from: "data", at: places.get(source) as number },
      ),
      gives: simple.map((term) =>
        term.tag === "given" ? (places.get(term) ?? term) : `result${computed.indexOf(term)}`,
      ),
    };
  };

  let isClosed = false;

  // Computations run one after another, so that no session is closed while it runs.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <A>(work: () => Promise<A>): Promise<A> => {
    const turn = last.then(work, work);
    last = turn;
    return turn;
  };

  /** Computes the terms' values and returns them as data. */
  const compute = async (terms: readonly Term[]): Promise<readonly Given[]> => {
    if (isClosed)
      throw errorOfFailure({
        _tag: "EngineFailure",
        reason: "closed",
        message: "the engine was closed; open the runtime again",
      });
    const computation = computationOf(terms);
    const { session, wants, gives } = await compiled(computation.key, () => compile(computation));
    const feeds = wants.map(({ name, from, at }): readonly [string, SessionTensor] => {
      if (from === "numbers")
        return [name, { shape: [], data: Float32Array.of(computation.numbers[at] ?? 0) }];
      const { shape, data } = computation.data[at] as Given;
      return [name, { shape, data: data instanceof Float32Array ? data : single(data) }];
    });
    const outputs = await session.run(Object.fromEntries(feeds));
    return gives.map((source): Given => {
      if (typeof source === "number") return computation.data[source] as Given;
      if (typeof source !== "string") return source;
      const { shape, data } = outputs[source] as SessionTensor;
      const kind = (["scalar", "vector", "matrix", "sequence", "image"] as const)[shape.length] ?? "image";
      return given(kind, { shape, data }, "data");
    });
  };

  /** Computes the tensors that are not computed yet. */
  const settle = async (tensors: readonly OnnxTensor[]): Promise<void> => {
    const open = [...new Set(tensors)].filter(({ term }) => term.tag === "applied");
    if (open.length === 0) return;
    const values = await inTurn(() => compute(open.map(({ term }) => term)));
    for (const [i, tensor] of open.entries()) tensor.term = values[i] as Given;
  };

  const algebra = Object.fromEntries(
    operationNames.map((name) => [
      name,
      (...operands: readonly unknown[]): OnnxTensor => track(applied(name, operands.map(termOf))),
    ]),
  ) as unknown as Algebra<OnnxTensor>;

  return {
    name: options.name,
    epsilon: options.epsilon,
    ...(options.memory === undefined ? {} : { memory: options.memory }),
    algebra,
    upload: (kind: TensorKind, { shape, data }, use = "data") =>
      track(given(kind, { shape: [...shape], data: single(data) }, use)),
    download: async (_kind, tensor) => {
      await settle([tensor]);
      const { shape, data } = tensor.term as Given;
      return { shape: [...shape], data: single(data) };
    },
    settle,
    scope: (work) => {
      const scope = new Set<OnnxTensor>();
      scopes.push(scope);
      try {
        const result = work();
        const kept = new Set(heldIn(result));
        for (const tensor of scope) if (kept.has(tensor)) scopes.at(-2)?.add(tensor);
        return result;
      } finally {
        scopes.pop();
      }
    },
    release: (tensors) => {
      for (const tensor of tensors) for (const scope of scopes) scope.delete(tensor);
    },
    liveTensors: () => scopes.reduce((sum, scope) => sum + scope.size, 0),
    differentiate: null,
    close: async () => {
      isClosed = true;
      await inTurn(() => compiled.close());
      await options.close?.();
    },
  };
};
