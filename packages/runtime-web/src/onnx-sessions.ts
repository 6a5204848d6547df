/** Sessions of onnxruntime-web on graphs that were compiled in the page. */
import { errorOfFailure, failureOf, firstLine } from "@tadsr/core";
import { encodeModel, type Lowered, type Session } from "@tadsr/engine-onnx";
import type { InferenceSession, Tensor } from "onnxruntime-web";
import type { StartedLibrary } from "./onnx-library.ts";

export interface SessionSettings extends StartedLibrary {
  readonly options: InferenceSession.SessionOptions;
  /** Gives an error as soon as the work cannot succeed any more, as of a device that is lost. */
  readonly guard: <A>(work: () => Promise<A>) => Promise<A>;
  /** Called for each graph of which the processor computes a part. Absent if the processor is to compute all. */
  readonly onProcessor?: () => void;
}

/** With these, it refuses a graph of which the processor would compute a part. */
const ALL_ON_CARD = { session: { disable_cpu_ep_fallback: "1" } };
const REFUSAL = /assigned to the default CPU EP/;

/** Its words for a tensor that does not fit into memory, or into 32 bits. */
const NO_ROOM = /memory|bad_alloc|allocat|overflow/i;

/** Says in this project's words that memory ran out. */
const inWords = async <A>(work: () => Promise<A>): Promise<A> => {
  try {
    return await work();
  } catch (thrown) {
    if (failureOf(thrown) !== null || !NO_ROOM.test(firstLine(thrown))) throw thrown;
    throw errorOfFailure({
      _tag: "EngineFailure",
      reason: "out-of-memory",
      message: "ONNX Runtime has no room for a tensor; open the runtime again and use a smaller tile",
    });
  }
};

export const sessionOpener =
  ({ library, inTurn, options, guard, onProcessor }: SessionSettings) =>
  async (graph: Lowered): Promise<Session> => {
    const { InferenceSession: Sessions, Tensor: Tensors } = library;
    const guarded = <A>(work: () => Promise<A>): Promise<A> => inWords(() => guard(work));
    const create = (more: InferenceSession.SessionOptions): Promise<InferenceSession> =>
      guarded(() => Sessions.create(encodeModel(graph), { ...options, ...more }));
    const session = await inTurn(async () => {
      if (onProcessor === undefined) return create({});
      try {
        return await create({ extra: ALL_ON_CARD });
      } catch (thrown) {
        if (!REFUSAL.test(firstLine(thrown))) throw thrown;
        onProcessor();
        return create({});
      }
    });
    return {
      run: (feeds) =>
        inTurn(async () => {
          const tensors = Object.entries(feeds).map(([name, { shape, data }]): [string, Tensor] => [
            name,
            new Tensors("float32", data, [...shape]),
          ]);
          const results = await guarded(() => session.run(Object.fromEntries(tensors)));
          return Object.fromEntries(
            Object.entries(results).map(([name, { dims, data }]) => [
              name,
              { shape: dims, data: data as Float32Array },
            ]),
          );
        }),
      close: () => inTurn(() => session.release()),
    };
  };
