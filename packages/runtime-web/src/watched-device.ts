/** Watches a device, so that its loss, and memory that it refuses, become errors in words and nobody waits for ever. */
import { type EngineFailure, errorOfFailure, firstLine } from "@tadsr/core";
import { type GpuDevice, limitOf } from "./gpu.ts";

export interface WatchedDevice {
  /** Throws if the device can do no more work. */
  readonly check: () => void;
  /** The work's result, or a rejection as soon as the device can do no more. */
  readonly guard: <A>(work: () => Promise<A>) => Promise<A>;
  /** Gives the device back; work that waits for it is rejected. */
  readonly close: () => void;
}

/** Milliseconds. */
const LOSS_TOLD_WITHIN = 200;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

const STORAGE = 0x80; // GPUBufferUsage.STORAGE

const failure = (reason: EngineFailure["reason"], message: string): EngineFailure => ({
  _tag: "EngineFailure",
  reason,
  message,
});

const noRoom = (what: string): EngineFailure =>
  failure(
    "out-of-memory",
    `the graphics card has no room for ${what}; open the runtime again and use a smaller tile`,
  );

/** The most bytes of one buffer that kernels can read. */
export const mostBytes = (device: Pick<GpuDevice, "limits">): number =>
  Math.min(limitOf(device, "maxBufferSize"), limitOf(device, "maxStorageBufferBindingSize"));

/**
 * `throwing` says whether the device's user can stand an error while it makes a buffer. If not, the error comes where it
 * waits for its results.
 */
export const watchDevice = (
  device: GpuDevice,
  { throwing }: { readonly throwing: boolean },
): WatchedDevice => {
  let failed: EngineFailure | null = null;
  const waiting = new Set<(reason: Error) => void>();

  const fail = (found: EngineFailure): void => {
    if (failed !== null) return;
    failed = found;
    for (const reject of waiting) reject(errorOfFailure(found));
    waiting.clear();
  };
  const check = (): void => {
    if (failed !== null) throw errorOfFailure(failed);
  };

  void device.lost.then(({ message, reason }) => {
    const why = firstLine(message === "" ? reason : message);
    fail(failure("device-lost", `the graphics card was lost (${why}); open the runtime again`));
  });
  device.addEventListener("uncapturederror", (event) => {
    event.preventDefault();
    const { message } = event.error;
    fail(
      event.error.constructor.name === "GPUOutOfMemoryError"
        ? noRoom(`more (${firstLine(message)})`)
        : failure(
            "refused",
            `the graphics card refused the work (${firstLine(message)}); use another runtime`,
          ),
    );
  });

  // WebGPU would tell of a buffer that is too large only later, when its results are wrong already.
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    if (throwing) check();
    const { size, usage } = descriptor;
    const most = (usage & STORAGE) === 0 ? limitOf(device, "maxBufferSize") : mostBytes(device);
    if (size > most) fail(noRoom(`a tensor of ${size} bytes, and at most ${most} are allowed`));
    if (throwing) check();
    try {
      return create(descriptor);
    } catch (thrown) {
      fail(noRoom(`a tensor of ${size} bytes (${firstLine(thrown)})`));
      if (throwing) check();
      throw thrown;
    }
  };

  const guard = async <A>(work: () => Promise<A>): Promise<A> => {
    check();
    let stop: (reason: Error) => void = () => undefined;
    const stopped = new Promise<never>((_, reject) => {
      stop = reject;
    });
    waiting.add(stop);
    try {
      const result = await Promise.race([work(), stopped]);
      check();
      return result;
    } catch (thrown) {
      // What the library says of a lost device is of no use, and WebGPU tells of the loss a little later.
      await Promise.race([stopped.catch(() => undefined), pause(LOSS_TOLD_WITHIN)]);
      check();
      throw thrown;
    } finally {
      waiting.delete(stop);
    }
  };

  return {
    check,
    guard,
    close: () => {
      fail(failure("closed", "the engine was closed; open the runtime again"));
      device.destroy();
    },
  };
};
