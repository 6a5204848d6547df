/**
 * Pictures by ONNX Runtime equal those by TensorFlow.js, and few sessions are opened for any number of steps and tiles.
 */
import { type Engine, uniform } from "@tadsr/core";
import { findModel, loadModel } from "@tadsr/files";
import { type Model, openSmallUpscaler, type Picture, receptiveField, upscale } from "@tadsr/model";
import { wasm } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CountedEngine, countedEngine } from "../packages/runtime-node/test/counted-sessions.ts";

const right = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

const modelOf = async (name: string): Promise<Model> =>
  right(await loadModel(right(await findModel(name)()))());

const pictureOf = (width: number, height: number): Picture => ({
  width,
  height,
  channels: 3,
  data: Uint8Array.from(uniform({ seed: 9, stream: 0 }, 0, width * height * 3), (x) => Math.floor(256 * x)),
});

const upscaled = async <T>(engine: Engine<T>, model: Model, picture: Picture): Promise<Picture> =>
  right(await upscale(engine, model)(picture, { seed: 5 })());

const largestDifference = (a: Picture, b: Picture): number =>
  a.data.length === b.data.length
    ? a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (b.data[i] as number))), 0)
    : Number.POSITIVE_INFINITY;

const byWasm = async (model: Model, picture: Picture): Promise<Picture> => {
  const opened = await wasm.open();
  if (E.isLeft(opened)) throw new Error(opened.left.missing);
  const result = await upscaled(opened.right, model, picture);
  await opened.right.close();
  return result;
};

describe.each([
  ["small-x4-teacher", 4, 3],
  ["small-x4", 1, 1],
])("upscaling by %s on ONNX Runtime", (name, steps, sessions) => {
  let [model, counted]: [Model | null, CountedEngine | null] = [null, null];
  const ready = (): CountedEngine & { readonly model: Model } => {
    if (model === null || counted === null) throw new Error("the model was not read");
    return { ...counted, model };
  };
  beforeAll(async () => {
    model = await modelOf(name);
    counted = await countedEngine();
  });
  afterAll(() => counted?.engine.close());

  it(`gives tfjs's picture except for a byte's last unit, with at most this many sessions: ${sessions}`, async () => {
    const { engine, opened, model } = ready();
    expect(model.description.steps).toBe(steps);
    const picture = pictureOf(20, 16);
    const before = engine.liveTensors();
    const found = await upscaled(engine, model, picture);
    expect(largestDifference(found, await byWasm(model, picture))).toBeLessThanOrEqual(1);
    expect(engine.liveTensors()).toBe(before);
    expect(opened.length).toBeGreaterThan(0);
    expect(opened.length).toBeLessThanOrEqual(sessions);
  });

  it("opens no more for many tiles, nor for the next picture", async () => {
    const { engine, opened, model } = ready();
    const upscaler = right(openSmallUpscaler(engine, model));
    // Tiles of 8 pixels read as much around themselves as the network sees in all steps.
    const seen = receptiveField(model.network).margin * steps;
    const picture = pictureOf(2 * seen + 24, 8);
    const tiles: number[] = [];
    const before = opened.length;
    for (let i = 0; i < 2; i++)
      right(
        await upscaler.upscale(picture, { seed: i, tile: 8, onProgress: (_, total) => tiles.push(total) })(),
      );
    expect(tiles.at(-1)).toBeGreaterThan(2);
    expect(opened.length - before).toBeLessThanOrEqual(sessions);
    upscaler.close();
  });
});
