/**
 * Upscaling with a model of the paper's kind, compared with its definition: the authors' steps written one after
 * another, on the authors' networks with random weights.
 */
import { type Engine, etaAt, indexAt, normal, posteriorVariance, respace, type Schedule } from "@tadsr/core";
import { describePaperFiles, readWeights } from "@tadsr/files";
import {
  bicubicResize,
  type FloatRaster,
  openPaperUpscaler,
  type PaperModel,
  type PaperUpscaleOptions,
  type Picture,
  parameter,
  predictor,
  uploadWeights,
  waveletCorrection,
} from "@tadsr/model";
import { runtimes } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paperFixtures } from "../packages/model/test/paper-fixtures.ts";

const folder = paperFixtures();

const right = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

let engine: Engine<unknown>;
let model: PaperModel;
/** The same weights, read in the other possible way. */
let weights: Readonly<Record<string, unknown>>;
beforeAll(async () => {
  const opened = await runtimes.wasm.open();
  if (E.isLeft(opened)) throw new Error(opened.left.missing);
  engine = opened.right as Engine<unknown>;
  const files = {
    network: { file: `${folder()}/unet_face.pth` },
    autoencoder: { file: `${folder()}/vq_f8_face.legacy.pth` },
  };
  model = right(await describePaperFiles(files)());
  const parts = [model.network, model.autoencoder].map(({ parameters }, i) => ({
    file: i === 0 ? files.network.file : files.autoencoder.file,
    parameters,
  }));
  const read = await Promise.all(
    parts.map(async ({ file, parameters }) => {
      const ignore = (name: string): boolean => /relative_position_index|attn_mask/.test(name);
      return uploadWeights(engine, parameters, right(await readWeights(file, parameters, { ignore })()));
    }),
  );
  weights = Object.assign({}, ...read);
});
afterAll(async () => {
  engine.release(Object.values(weights));
  await engine.close();
});

const picture = (width: number, height: number): Picture => ({
  ...{ width, height, channels: 3 },
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => 128 + 90 * Math.sin(i / 7) + (i % 31)),
});

/** Mirrored at the last pixel; the pictures here need this at most once. */
const padded = ({ width, height, data }: Picture, wide: number, high: number): FloatRaster => {
  const mirror = (place: number, size: number): number => (place < size ? place : 2 * (size - 1) - place);
  const result = new Float32Array(wide * high * 3);
  for (let y = 0; y < high; y++)
    for (let x = 0; x < wide; x++)
      for (let c = 0; c < 3; c++)
        result[(y * wide + x) * 3 + c] =
          (data[(mirror(y, height) * width + mirror(x, width)) * 3 + c] as number) / 127.5 - 1;
  return { width: wide, height: high, channels: 3, data: result };
};

const part = ({ width, data }: FloatRaster, x: number, wide: number, high: number): FloatRaster => ({
  ...{ width: wide, height: high, channels: 3 },
  data: Float32Array.from(
    { length: wide * high * 3 },
    (_, i) =>
      data[(Math.floor(i / (3 * wide)) * width + x + (Math.floor(i / 3) % wide)) * 3 + (i % 3)] as number,
  ),
});

interface Asked {
  readonly schedule: Schedule;
  readonly steps: number;
  readonly sampler: "deterministic" | "ancestral";
  readonly seed: number;
}

/** The tile whose first column is x of a padded picture `wide` pixels wide: [h 2, w 2, 3] in [-1, 1]. */
const definition = async (tile: FloatRaster, x: number, wide: number, asked: Asked): Promise<FloatRaster> => {
  const { schedule, steps, sampler, seed } = asked;
  const { kappa, T } = schedule;
  const { algebra } = engine;
  const { add, scale } = algebra;
  const [h, w, channels] = [tile.height / 4, tile.width / 4, 8];
  const upload = ({ width, height, data }: FloatRaster): unknown =>
    engine.upload("image", { shape: [1, height, width, 3], data });
  const noise = (stream: number): unknown => {
    const data = Float32Array.from({ length: h * w * channels }, (_, i) => {
      const [row, column] = [Math.floor(i / (w * channels)), Math.floor(i / channels) % w];
      const position = (row * (wide / 4) + x / 4 + column) * channels + (i % channels);
      return normal({ seed, stream }, position, 1)[0] as number;
    });
    return engine.upload("image", { shape: [1, h, w, channels], data });
  };
  const decoded = engine.scope(() => {
    const { autoencoder, network } = model;
    const z_y = autoencoder.encoder.run(
      algebra,
      weights,
      upload(bicubicResize(tile, 2 * tile.height, 2 * tile.width)),
    );
    const predict = predictor(engine, network, weights, upload(tile), 1);
    const z_0At = (z_t: unknown, t: number): unknown =>
      predict(scale(z_t, 1 / Math.sqrt(kappa ** 2 * etaAt(schedule, t) + 1)), indexAt(schedule, t));
    let z_t = add(z_y, scale(noise(0), kappa * Math.sqrt(etaAt(schedule, T))));
    if (steps === 1) z_t = z_0At(z_t, T);
    else
      for (let t = T; t >= 1; t--) {
        const z_0 = z_0At(z_t, t);
        const [eta_t, eta_before] = [etaAt(schedule, t), etaAt(schedule, t - 1)];
        if (sampler === "deterministic") {
          const m = Math.sqrt(eta_before / eta_t);
          const j = eta_before - Math.sqrt(eta_before * eta_t);
          z_t = add(add(scale(z_0, 1 - j - m), scale(z_y, j)), scale(z_t, m));
        } else {
          const mean = add(scale(z_t, eta_before / eta_t), scale(z_0, (eta_t - eta_before) / eta_t));
          z_t = t === 1 ? mean : add(mean, scale(noise(t), Math.sqrt(posteriorVariance(schedule)(t))));
        }
      }
    const codebook = parameter(weights, "quantize.embedding.weight");
    const quantised = algebra.takeRows(algebra.nearestIndices(z_t, codebook), codebook);
    return autoencoder.decoder.run(algebra, weights, quantised);
  });
  const { data } = await engine.download("image", decoded);
  engine.release([decoded]);
  const clamped = Float32Array.from(data, (value) => Math.min(1, Math.max(-1, value)));
  return { width: 2 * tile.width, height: 2 * tile.height, channels: 3, data: clamped };
};

const upscaled = async (input: Picture, options: PaperUpscaleOptions): Promise<Picture> => {
  const upscaler = right(await openPaperUpscaler(engine, model)());
  try {
    return right(await upscaler.upscale(input, options)());
  } finally {
    upscaler.close();
  }
};

/** At most one level apart, by rounding; `pixel(i)` is in [-1, 1]. */
const expectBytes = ({ data }: Picture, pixel: (place: number) => number): void => {
  const apart = data.reduce((most, byte, i) => {
    const wanted = Math.min(255, Math.max(0, (pixel(i) + 1) * 127.5));
    return Math.max(most, Math.abs(byte - wanted));
  }, 0);
  expect(apart).toBeLessThan(1);
};

const whole = (schedule: Schedule): Pick<Asked, "schedule" | "seed"> => ({ schedule, seed: 5 });

describe("a picture of less than a tile", () => {
  it.each([
    { steps: 1, sampler: "deterministic" },
    { steps: 4, sampler: "deterministic" },
    { steps: 4, sampler: "ancestral" },
    { steps: 2, sampler: "ancestral" },
  ] as const)("is made as the equations say, $steps steps, $sampler", async ({ steps, sampler }) => {
    const { schedule } = model;
    const used = steps === 2 ? right(respace(schedule, 2)) : schedule;
    const input = picture(45, 60);
    const expected = await definition(padded(input, 64, 64), 0, 64, { ...whole(used), steps, sampler });
    const result = await upscaled(input, { seed: 5, steps, sampler });
    expect([result.width, result.height]).toEqual([90, 120]);
    const spread = new Set(result.data).size;
    expect(spread).toBeGreaterThan(50);
    expectBytes(result, (i) => {
      const [y, x] = [Math.floor(i / (90 * 3)), Math.floor(i / 3) % 90];
      return expected.data[(y * 128 + x) * 3 + (i % 3)] as number;
    });
  });

  it("has the low frequencies of the bicubic upsampling if asked", async () => {
    const input = picture(64, 64);
    const tile = padded(input, 64, 64);
    const asked = { ...whole(model.schedule), steps: 1, sampler: "deterministic" } as const;
    const plain = await definition(tile, 0, 64, asked);
    const expected = waveletCorrection(plain, bicubicResize(tile, 128, 128));
    const result = await upscaled(input, { seed: 5, steps: 1, colourCorrection: "wavelet" });
    expectBytes(result, (i) => expected.data[i] as number);
    const uncorrected = await upscaled(input, { seed: 5, steps: 1 });
    expect(uncorrected.data).not.toEqual(result.data);
  });
});

it("a larger picture is the mean of its tiles, each with the noise of its place", async () => {
  const input = picture(120, 50);
  const asked = { ...whole(model.schedule), steps: 1, sampler: "deterministic" } as const;
  const all = padded(input, 128, 64);
  const starts = [0, 56, 64];
  const tiles = await Promise.all(starts.map((x) => definition(part(all, x, 64, 64), x, 128, asked)));
  const result = await upscaled(input, { seed: 5, steps: 1, tile: 64 });
  expect([result.width, result.height]).toEqual([240, 100]);
  expectBytes(result, (i) => {
    const [y, x] = [Math.floor(i / (240 * 3)), Math.floor(i / 3) % 240];
    const over = tiles.flatMap((tile, k) => {
      const within = x - 2 * (starts[k] as number);
      return within >= 0 && within < 128 ? [tile.data[(y * 128 + within) * 3 + (i % 3)] as number] : [];
    });
    return over.reduce((sum, value) => sum + value, 0) / over.length;
  });
});

it("leaves nothing on the engine, and reports its progress", async () => {
  const before = engine.liveTensors();
  const upscaler = right(await openPaperUpscaler(engine, model)());
  const opened = engine.liveTensors();
  expect(opened - before).toBe(model.network.parameters.length + model.autoencoder.parameters.length);
  const told: number[] = [];
  for (const sampler of ["deterministic", "ancestral"] as const) {
    const options = { seed: 1, steps: 2, sampler, tile: 64, onProgress: (done: number) => told.push(done) };
    right(await upscaler.upscale(picture(70, 20), options)());
    expect(engine.liveTensors()).toBe(opened);
  }
  expect(told).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  upscaler.close();
  expect(engine.liveTensors()).toBe(before);
});

it("stops between tiles, and refuses invalid options", async () => {
  const upscaler = right(await openPaperUpscaler(engine, model)());
  const controller = new AbortController();
  const stopped = await upscaler.upscale(picture(128, 20), {
    ...{ seed: 1, steps: 1, tile: 64, signal: controller.signal },
    onProgress: () => controller.abort(),
  })();
  expect(stopped).toMatchObject({ left: { _tag: "Aborted", done: 0, total: 3 } });
  const refused = async (options: Partial<PaperUpscaleOptions>, input = picture(8, 8)) => {
    const result = await upscaler.upscale(input, { seed: 0, steps: 1, ...options })();
    return E.isLeft(result) ? result.left.message : null;
  };
  expect(await refused({ tile: 100 })).toBe(
    "tile is 100; allowed: a multiple of 64, for the model faceir-s4",
  );
  expect(await refused({ steps: 5 })).toMatch(/^steps is 5; allowed: a whole number from 1 to 4/);
  expect(await refused({ seed: -1 })).toMatch(/^seed is -1/);
  expect(await refused({}, { ...picture(8, 8), width: 9 })).toMatch(/^the picture has 192 bytes/);
  expect(await refused({}, picture(1, 1))).toBe(null);
  upscaler.close();
});
