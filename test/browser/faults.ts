/** Faults in the middle of an upscaling, on any runtime. It runs in a page and in Node. */
import type { Engine, Runtime } from "@tadsr/core";
import { openSmallUpscaler, type Picture, type UpscaleError } from "@tadsr/model";
import { microModel, noisyPicture } from "./micro-model.ts";

/** What is used here of a WebGPU device. */
export interface Device {
  destroy(): void;
  dispatchEvent(event: Event): boolean;
}

interface AdapterClass {
  readonly prototype: { requestDevice(descriptor?: object): Promise<Device> };
}

/** Everything that WebGPU's adapters give from now on; the last is at the end. */
export const devicesFrom = ({ prototype }: AdapterClass): readonly Device[] => {
  const devices: Device[] = [];
  const request = prototype.requestDevice;
  prototype.requestDevice = async function (this: AdapterClass["prototype"], descriptor) {
    const device = await request.call(this, descriptor);
    devices.push(device);
    return device;
  };
  return devices;
};

/** Four tiles. */
const PICTURE: Picture = noisyPicture(14, 12);
const TILE = 2;

const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

/** How an upscaling ended, as plain data. */
export interface Ending {
  readonly error: UpscaleError | null;
  /** The result's bytes. */
  readonly data: readonly number[];
}

/** Upscales a small picture by the smallest model. */
export const upscaleOn = async <T>(
  engine: Engine<T>,
  afterFirst = (): void => undefined,
): Promise<Ending> => {
  const upscaler = openSmallUpscaler(engine, microModel());
  if (upscaler._tag === "Left") return { error: upscaler.left, data: [] };
  const onProgress = (done: number): void => {
    // The upscaling waits for one timer before each tile, so the second one comes in the midst of the tile.
    if (done === 1) setTimeout(() => setTimeout(afterFirst));
  };
  const result = await upscaler.right.upscale(PICTURE, { seed: 3, tile: TILE, onProgress })();
  upscaler.right.close();
  return result._tag === "Left"
    ? { error: result.left, data: [] }
    : { error: null, data: [...result.right.data] };
};

const opened = async <T>(runtime: Runtime<T>): Promise<Engine<T>> => {
  const engine = await runtime.open();
  if (engine._tag === "Left") throw new Error(`${engine.left.missing}; ${engine.left.remedy}`);
  return engine.right;
};

/** Upscales without a fault. */
export const upscaleWell = async <T>(runtime: Runtime<T>): Promise<Ending> => {
  const engine = await opened(runtime);
  const ending = await upscaleOn(engine);
  await engine.close();
  return ending;
};

export interface AfterFault {
  readonly first: Ending;
  /** Tensors of the first that are still alive when all was released. */
  readonly left: number;
  /** After the runtime was opened again. */
  readonly again: Ending;
}

/** Upscales with a fault in the second tile, and once more after the runtime was opened again. */
export const upscaleWithFault = async <T>(
  runtime: Runtime<T>,
  fault: (engine: Engine<T>) => void,
): Promise<AfterFault> => {
  const engine = await opened(runtime);
  const before = engine.liveTensors();
  const first = await upscaleOn(engine, () => fault(engine));
  await engine.close();
  await rest(); // What the library still waited for is rejected now.
  const left = engine.liveTensors() - before;
  return { first, left, again: await upscaleWell(runtime) };
};

/** Asks for a square picture of so many pixels a side, in float32. Returns what is thrown, as plain data. */
export const askForTooMuch = async <T>(runtime: Runtime<T>, side: number): Promise<unknown> => {
  const engine = await opened(runtime);
  const { upload, algebra, download } = engine;
  try {
    const small = upload("image", { shape: [1, 4, 4, 3], data: new Float32Array(48) });
    await download("image", algebra.upsampleNearest(small, side / 4));
    return null;
  } catch (thrown) {
    return thrown instanceof Error ? { message: thrown.message, cause: thrown.cause } : thrown;
  } finally {
    await engine.close();
  }
};

/** Tensors alive after each of so many small tiles: one convolution of 6 x 6 pixels, upscaled. */
export const tensorsOverTiles = async <T>(runtime: Runtime<T>, tiles: number): Promise<readonly number[]> => {
  const engine = await opened(runtime);
  const { algebra, upload, scope, download, release, liveTensors } = engine;
  const kernel = upload(
    "convolution",
    { shape: [4, 3, 3, 3], data: new Float32Array(108).fill(0.1) },
    "constant",
  );
  const padding = { top: 1, bottom: 1, left: 1, right: 1 };
  const alive: number[] = [];
  for (let tile = 0; tile < tiles; tile++) {
    const result = scope(() => {
      const pixels = upload("image", { shape: [1, 6, 6, 3], data: new Float32Array(108).fill(tile) });
      return algebra.upsampleNearest(algebra.conv2d(pixels, kernel, null, { stride: 1, padding }), 2);
    });
    const { data } = await download("image", result);
    release([result]);
    if (Math.abs((data[312] as number) - 2.7 * tile) > 1e-3 * tile)
      throw new Error(`tile ${tile}: ${data[0]}`);
    alive.push(liveTensors());
  }
  release([kernel]);
  await engine.close();
  return alive;
};
