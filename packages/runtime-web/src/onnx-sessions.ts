/** Sessions of onnxruntime-web on graphs that were compiled in the page. */
import { errorOfFailure, failureOf, firstLine } from "@tadsr/core";
import { encodeModel, type Lowered, type Session } from "@tadsr/engine-onnx";
import type { InferenceSession, Tensor } from "onnxruntime-web";
import type { StartedLibrary } from "./onnx-library.ts";

export interface SessionSettings extends StartedLibrary {
  readonly options: InferenceSession.SessionOptions;
  /** Gives an error as soon as the work cannot succeed any more, as of a device that is lost. */
  readonly guard: <A>(work: () => Promise<A>) => Promise<A>;
}

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
  ({ library, inTurn, options, guard }: SessionSettings) =>
  async (graph: Lowered): Promise<Session> => {
    const { InferenceSession: Sessions, Tensor: Tensors } = library;
    const guarded = <A>(work: () => Promise<A>): Promise<A> => inWords(() => guard(work));
    const session = await inTurn(() => guarded(() => Sessions.create(encodeModel(graph), options)));
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
