import { type Engine, errorOfFailure, referenceEngine } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import {
  bicubicResize,
  type ConditionedNetwork,
  openSmallUpscaler,
  type Picture,
  placeTile,
  type SmallUpscaler,
  type UpscaleOptions,
  upscale,
} from "../src/index.ts";
import { randomModel, randomPicture, tinyDescription } from "./fixtures.ts";
import { trackingEngine } from "./tracking-engine.ts";

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

const run = async (
  picture: Picture,
  options: Partial<UpscaleOptions> = {},
  model = randomModel(),
): Promise<Picture> => right(await upscale(referenceEngine, model)(picture, { seed: 3, ...options })());

const differences = (a: Picture, b: Picture): Uint8Array =>
  a.data.map((value, i) => Math.abs(value - (b.data[i] ?? Number.NaN)));

const largest = (values: Uint8Array): number => values.reduce((most, value) => Math.max(most, value), 0);

const mean = (values: Uint8Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("upscaling in tiles", () => {
  it("has no seams: whole, and in tiles of 7, 16 and 24, with one step", async () => {
    const picture = randomPicture(71, 45);
    const whole = await run(picture, { tile: 128 });
    for (const tile of [7, 16, 24]) {
      expect(largest(differences(await run(picture, { tile }), whole))).toBeLessThanOrEqual(1);
    }
  });

  it("has no seams with all the steps of the schedule, nor with some", async () => {
    for (const steps of [2, 4]) {
      // Each step needs the margin of 12 pixels around the part that the next step needs.
      const picture = randomPicture(24 * steps + 25, 24 * steps + 14);
      const whole = await run(picture, { tile: 256, steps });
      expect(largest(differences(await run(picture, { tile: 10, steps }), whole))).toBeLessThanOrEqual(1);
    }
  });

  it("would have seams with too small a margin, so the tests above can fail", async () => {
    const model = randomModel();
    const { network } = model;
    // Pretends to see no further than its alignment.
    const shortSighted: ConditionedNetwork = {
      ...network,
      run: (algebra) => (weights, inputs) =>
        "coarsest" in (inputs.input as object)
          ? algebra.depthToSpace(algebra.spaceToDepth(inputs.input, 2), 2)
          : network.run(algebra)(weights, inputs),
    };
    const picture = randomPicture(71, 45);
    const whole = await run(picture, { tile: 128 });
    const tiled = await run(picture, { tile: 16 }, { ...model, network: shortSighted });
    expect(largest(differences(tiled, whole))).toBeGreaterThan(8);
  });
});

describe("the result", () => {
  it("is bicubic, rounded and clamped, if the network adds nothing", async () => {
    const model = randomModel();
    const silenced = Object.fromEntries(
      Object.entries(model.weights).map(([name, { shape, data }]) => [
        name,
        { shape, data: name.startsWith("output.") ? new Float32Array(data.length) : data },
      ]),
    );
    const picture = randomPicture(13, 9);
    const found = await run(picture, { tile: 5 }, { ...model, weights: silenced });
    const bicubic = new Uint8ClampedArray(bicubicResize(picture, 18, 26).data);
    expect(found).toMatchObject({ width: 26, height: 18, channels: 3 });
    expect([...found.data]).toEqual([...bicubic]);
  });

  it("is the same for the same seed and another for another, at every part of the picture", async () => {
    const picture = randomPicture(20, 12);
    const [a, b, c] = await Promise.all([run(picture), run(picture), run(picture, { seed: 4 })]);
    expect(a).toEqual(b);
    expect(mean(differences(a, c).slice(0, 720))).toBeGreaterThan(1);
    expect(mean(differences(a, c).slice(-720))).toBeGreaterThan(1);
  });

  it("has different noise at every place: in a constant picture it does not repeat", async () => {
    const picture = { ...randomPicture(24, 16), data: new Uint8Array(24 * 16 * 3).fill(128) };
    const { data } = await run(picture, { tile: 8 });
    const row = (y: number): Uint8Array => data.slice(y * 144, (y + 1) * 144);
    const rows = new Set(Array.from({ length: 32 }, (_, y) => row(y).join()));
    expect(rows.size).toBe(32);
  });

  it("depends on the steps", async () => {
    const picture = randomPicture(9, 8);
    const results = await Promise.all([1, 2, 4].map((steps) => run(picture, { steps })));
    expect(new Set(results.map(({ data }) => data.join())).size).toBe(3);
    const teacher = randomModel({ ...tinyDescription, steps: 4 });
    expect(await run(picture, {}, teacher)).toEqual(results[2]);
  });

  it.each([
    [1, 1],
    [1, 7],
    [5, 1],
    [2, 3],
  ])("exists for %d x %d", async (width, height) => {
    const { data, ...size } = await run(randomPicture(width, height), { tile: 2 });
    expect(size).toEqual({ width: width * 2, height: height * 2, channels: 3 });
    expect(data.length).toBe(width * height * 12);
  });
});

describe("on its way", () => {
  const open = <T>(engine: Engine<T>): SmallUpscaler => right(openSmallUpscaler(engine, randomModel()));
  // With the margin of 12 pixels, three tiles of 4 across and two down.
  const picture = randomPicture(34, 31);

  it("reports its progress", async () => {
    const told: string[] = [];
    await run(picture, { tile: 4, onProgress: (done, total) => told.push(`${done}/${total}`) });
    expect(told).toEqual(["0/6", "1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]);
  });

  it("gives its tiles one by one; together they are the result", async () => {
    const upscaler = open(referenceEngine);
    const assembled = { ...picture, width: 68, height: 62, data: new Uint8Array(68 * 62 * 3) };
    const places: unknown[] = [];
    for await (const tile of upscaler.tiles(picture, { seed: 3, tile: 4 })) {
      placeTile(assembled, right(tile));
      places.push(right(tile).place);
    }
    expect(assembled).toEqual(await run(picture));
    expect(places).toEqual([
      { x: 0, y: 0, width: 32, height: 32 },
      { x: 32, y: 0, width: 4, height: 32 },
      { x: 36, y: 0, width: 32, height: 32 },
      { x: 0, y: 32, width: 32, height: 30 },
      { x: 32, y: 32, width: 4, height: 30 },
      { x: 36, y: 32, width: 32, height: 30 },
    ]);
  });

  it("stops between tiles if its signal is aborted", async () => {
    const controller = new AbortController();
    const onProgress = (done: number): void => {
      if (done === 2) controller.abort();
    };
    const engine = trackingEngine();
    const { signal } = controller;
    const stopped = await upscale(engine, randomModel())(picture, { seed: 1, tile: 4, signal, onProgress })();
    expect(stopped).toEqual(
      E.left({ _tag: "Aborted", done: 2, total: 6, message: "stopped after 2 of 6 tiles" }),
    );
    expect(engine.liveTensors()).toBe(0);
  });

  it("lets other work run between tiles", async () => {
    let others = 0;
    const timer = setInterval(() => {
      others++;
    }, 0);
    await run(picture, { tile: 2 });
    clearInterval(timer);
    expect(others).toBeGreaterThan(3);
  });

  it("holds the weights until it is closed, and nothing else", async () => {
    const engine = trackingEngine();
    const upscaler = open(engine);
    const weights = engine.liveTensors();
    // And the kernel of bicubic upsampling.
    expect(weights).toBe(randomModel().network.parameters.length + 1);
    for (const steps of [1, 4, 2]) {
      right(await upscaler.upscale(picture, { seed: 1, tile: 4, steps })());
      expect(engine.liveTensors()).toBe(weights);
    }
    upscaler.close();
    expect(engine.liveTensors()).toBe(0);
  });

  it("needs no more memory for a larger picture in tiles of the same size", async () => {
    const peakOf = async (width: number, height: number): Promise<number> => {
      const engine = trackingEngine();
      right(await upscale(engine, randomModel())(randomPicture(width, height), { seed: 1, tile: 8 })());
      return engine.peak();
    };
    // Both have a tile with the whole margin around it.
    expect(await peakOf(60, 34)).toBe(await peakOf(44, 34));
  });
});

describe("what is refused", () => {
  const refusal = async (options: Partial<UpscaleOptions>, picture = randomPicture(4, 4)) => {
    const result = await upscale(referenceEngine, randomModel())(picture, { seed: 0, ...options })();
    if (E.isRight(result)) throw new Error("it was accepted");
    return result.left;
  };

  it.each([
    [{ seed: -1 }, "seed is -1; allowed: an integer from 0 to 2^53 - 1"],
    [{ seed: 0.5 }, "seed is 0.5; allowed: an integer from 0 to 2^53 - 1"],
    [{ seed: Number.NaN }, "seed is NaN; allowed: an integer from 0 to 2^53 - 1"],
    [{ tile: 0 }, "tile is 0; allowed: a whole number from 1"],
    [{ tile: 1.5 }, "tile is 1.5; allowed: a whole number from 1"],
    [{ steps: 0 }, "steps is 0; allowed: a whole number from 1 to 4, the steps of the model's schedule"],
    [{ steps: 5 }, "steps is 5; allowed: a whole number from 1 to 4, the steps of the model's schedule"],
  ])("%o", async (options, message) => {
    expect(await refusal(options)).toMatchObject({ _tag: "InvalidOption", message });
  });

  it("a picture without pixels, or with too few bytes", async () => {
    const picture = randomPicture(4, 4);
    expect(await refusal({}, { ...picture, width: 0 })).toMatchObject({ _tag: "InvalidPicture" });
    expect(await refusal({}, { ...picture, height: 5 })).toMatchObject({
      message: "the picture has 48 bytes; 4 x 5 pixels of red, green and blue are 60",
    });
  });

  it("a network that gives NaN", async () => {
    const model = randomModel();
    const bias = model.weights["output.bias"];
    const broken = { ...bias, shape: [12], data: new Float32Array(12).fill(Number.NaN) };
    const weights = { ...model.weights, "output.bias": broken };
    const result = await upscale(referenceEngine, { ...model, weights })(randomPicture(3, 2), { seed: 0 })();
    expect(result).toMatchObject({
      left: { _tag: "NotFinite", tile: { x: 0, y: 0, width: 3, height: 2 } },
    });
  });

  it("an engine that fails, later or at the beginning; what it held is released", async () => {
    const engine = trackingEngine();
    const failing = {
      ...engine,
      download: () => Promise.reject(new Error("out of memory")),
    };
    const result = await upscale(failing, randomModel())(randomPicture(3, 2), { seed: 0 })();
    expect(result).toMatchObject({
      left: {
        _tag: "EngineFailed",
        reason: "unknown",
        message: "the engine tracking failed: out of memory; if memory ran out, a smaller tile needs less",
      },
    });
    const told = errorOfFailure({
      _tag: "EngineFailure",
      reason: "device-lost",
      message: "the card was lost; open the runtime again",
    });
    const losing = { ...engine, download: () => Promise.reject(told) };
    expect(await upscale(losing, randomModel())(randomPicture(3, 2), { seed: 0 })()).toMatchObject({
      left: {
        _tag: "EngineFailed",
        reason: "device-lost",
        message: "the engine tracking failed: the card was lost; open the runtime again",
      },
    });
    expect(engine.liveTensors()).toBe(0);
    let uploads = 0;
    const full: typeof engine = {
      ...engine,
      upload: (kind, array) => {
        uploads++;
        if (uploads > 5) throw new Error("no room");
        return engine.upload(kind, array);
      },
    };
    expect(openSmallUpscaler(full, randomModel())).toMatchObject({ left: { _tag: "EngineFailed" } });
    expect(engine.liveTensors()).toBe(0);
  });
});
