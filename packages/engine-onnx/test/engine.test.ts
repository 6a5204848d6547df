/** When the engine opens sessions, which ones it uses again, and when it closes them. The sessions here are fakes. */
import { type Engine, elements, failureOf, type NdArray } from "@tadsr/core";
import { describe, expect, it } from "vitest";
import { type Lowered, type OnnxTensor, onnxEngine, type Session, type SessionTensor } from "../src/index.ts";

interface Watched {
  readonly engine: Engine<OnnxTensor>;
  readonly opened: readonly Lowered[];
  /** The inputs of each run. */
  readonly runs: readonly Readonly<Record<string, SessionTensor>>[];
  /** The places in `opened` of the sessions that were closed. */
  readonly closed: readonly number[];
}

const zeros = (shape: readonly number[]): SessionTensor => ({
  shape,
  data: new Float32Array(elements(shape)),
});

/** Sessions that return zeros. `before` is awaited before the n-th is opened. */
const watched = (
  sessions?: number,
  before: (place: number) => Promise<void> = async () => undefined,
): Watched => {
  const opened: Lowered[] = [];
  const runs: Readonly<Record<string, SessionTensor>>[] = [];
  const closed: number[] = [];
  const engine = onnxEngine({
    name: "watched",
    epsilon: 1e-6,
    dialect: { opset: 20, winograd: "never", openSizes: false },
    ...(sessions === undefined ? {} : { sessions }),
    openSession: async (graph): Promise<Session> => {
      const place = opened.push(graph) - 1;
      await before(place);
      return {
        run: async (feeds) => {
          runs.push(feeds);
          return Object.fromEntries(graph.outputs.map(({ name, value }) => [name, zeros(value.shape)]));
        },
        close: async () => {
          closed.push(place);
        },
      };
    },
  });
  return { engine, opened, runs, closed };
};

const vector = (...numbers: readonly number[]): NdArray => ({
  shape: [numbers.length],
  data: Float32Array.from(numbers),
});

/** |x|, which needs its own session for each length of x. */
const absolute = ({ upload, algebra, download }: Engine<OnnxTensor>, length: number): Promise<NdArray> =>
  download("vector", algebra.abs(upload("vector", zeros([length]))));

describe("sessions", () => {
  it("serve all computations that differ only in data and numbers", async () => {
    const { engine, opened, runs } = watched();
    const { upload, algebra, download } = engine;
    const weight = upload("matrix", { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }, "constant");
    for (const [x, factor, constant] of [
      [1, 2, 3],
      [4, 5, 6],
      [1, -7, 0],
    ] as const) {
      const a = upload("matrix", { shape: [1, 2], data: Float32Array.of(x, x) });
      await download(
        "matrix",
        algebra.offset(algebra.scale(algebra.linear(a, weight, null), factor), constant),
      );
    }
    expect(opened).toHaveLength(1);
    const fed = runs.map((feeds) =>
      Object.values(feeds)
        .flatMap(({ data }) => [...data])
        .sort(),
    );
    expect(fed).toEqual([
      [1, 1, 2, 3],
      [4, 4, 5, 6],
      [-7, 0, 1, 1],
    ]);
  });

  it("differ for other shapes, operations, options and constants, and if data becomes constant", async () => {
    const { engine, opened } = watched();
    const { upload, algebra: A, download } = engine;
    const [x, longer] = [upload("vector", vector(1, 2)), upload("vector", vector(1, 2, 3))];
    const constants = [
      [1, 2],
      [1, 3],
    ].map((numbers) => upload("vector", vector(...numbers), "constant"));
    const [c, d] = constants as [OnnxTensor, OnnxTensor];
    const results = [
      A.abs(x),
      A.abs(longer),
      A.relu(x),
      A.leakyRelu(x, 0.5),
      A.leakyRelu(x, 0.25),
      A.add(x, c),
      A.add(x, d),
      A.add(c, x),
      A.add(x, x),
      A.add(x, upload("vector", vector(1, 2))),
    ];
    for (const result of results) await download("vector", result);
    expect(opened).toHaveLength(results.length);
    await download("vector", A.add(x, upload("vector", vector(1, 2), "constant")));
    expect(opened).toHaveLength(results.length);
  });

  it("are not opened if there is nothing to compute", async () => {
    const { engine, opened } = watched();
    const { upload, algebra, download } = engine;
    const a = upload("vector", vector(1, 2));
    expect([...(await download("vector", a)).data]).toEqual([1, 2]);
    expect([...(await download("vector", algebra.stopGradient(a))).data]).toEqual([1, 2]);
    const constant = upload("vector", vector(3), "constant");
    expect([...(await download("vector", algebra.scale(constant, 2))).data]).toEqual([6]);
    expect(opened).toHaveLength(0);
  });

  it("compute several results at once, and nothing twice", async () => {
    const { engine, opened, runs } = watched();
    const { upload, algebra, download, settle } = engine;
    const a = algebra.abs(upload("vector", vector(1, 2)));
    const [b, c] = [algebra.square(a), algebra.sqrt(a)];
    await settle?.([a, b, c, b]);
    expect(opened).toHaveLength(1);
    expect(opened[0]?.outputs).toHaveLength(3);
    for (const tensor of [a, b, c]) await download("vector", tensor);
    await settle?.([a, b, c]);
    expect(runs).toHaveLength(1);
  });

  it("are closed if there are too many, first the one that was used longest ago", async () => {
    const { engine, opened, closed } = watched(2);
    for (const length of [1, 2, 1, 3]) await absolute(engine, length);
    await new Promise(setImmediate);
    expect(opened).toHaveLength(3);
    expect(closed).toEqual([1]);
    await absolute(engine, 1);
    expect(opened).toHaveLength(3);
    await absolute(engine, 2);
    expect(opened).toHaveLength(4);
  });

  it("are all closed with the engine", async () => {
    const { engine, closed } = watched();
    for (const length of [1, 2, 3]) await absolute(engine, length);
    await engine.close();
    expect(closed.toSorted()).toEqual([0, 1, 2]);
  });

  it("are opened no more after the engine was closed, not even for what waits for its turn", async () => {
    let open: () => void = () => undefined;
    const mayOpen = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { engine, opened } = watched(2, () => mayOpen);
    const ends = Promise.allSettled([1, 2].map((length) => absolute(engine, length)));
    // The first session is being opened when the engine is closed.
    while (opened.length === 0) await new Promise(setImmediate);
    const closing = engine.close();
    open();
    await closing;
    expect((await ends).map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    const late = await absolute(engine, 3).catch(failureOf);
    expect(late).toMatchObject({
      reason: "closed",
      message: "the engine was closed; open the runtime again",
    });
    expect(opened).toHaveLength(1);
  });

  it("do not run while another computes, and are not closed while they are needed", async () => {
    const { engine, opened, closed } = watched(1, () => new Promise((done) => setTimeout(done, 5)));
    const lengths = [1, 2, 1, 2, 3];
    const results = await Promise.all(lengths.map((length) => absolute(engine, length)));
    expect(results.map(({ shape }) => shape)).toEqual(lengths.map((length) => [length]));
    expect(opened).toHaveLength(5);
    await engine.close();
    expect(closed.toSorted()).toEqual([0, 1, 2, 3, 4]);
  });

  it("that cannot be opened give the caller an error, and are tried again the next time", async () => {
    const failOnce = async (place: number): Promise<void> => {
      if (place === 0) throw new Error("no memory");
    };
    const { engine, opened } = watched(2, failOnce);
    await expect(absolute(engine, 2)).rejects.toThrow("no memory");
    expect((await absolute(engine, 2)).shape).toEqual([2]);
    expect(opened).toHaveLength(2);
  });
});
