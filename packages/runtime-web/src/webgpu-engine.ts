/** TensorFlow.js on a WebGPU device, as an engine of its own: no other engine in the program shares its backend. */
import type { Algebra, Engine } from "@tadsr/core";
import type { KernelBackend, Tensor } from "@tensorflow/tfjs-core";
import type { OpenDevice } from "./request-device.ts";
import { mostBytes, type WatchedDevice, watchDevice } from "./watched-device.ts";

/** The name under which TensorFlow.js has WebGPU's kernels. */
const KERNELS = "webgpu";

/** The names of the backends that are open. */
const taken = new Set<string>();

const freeName = (): string => {
  let number = 1;
  while (taken.has(`${KERNELS}-${number}`)) number++;
  return `${KERNELS}-${number}`;
};

type Library = typeof import("@tensorflow/tfjs-core");

/** Every use of the engine first makes sure that its device still works. */
const guarded = (engine: Engine<Tensor>, { check, guard }: WatchedDevice): Omit<Engine<Tensor>, "close"> => {
  const first =
    <Arguments extends readonly unknown[], Result>(work: (...args: Arguments) => Result) =>
    (...args: Arguments): Result => {
      check();
      return work(...args);
    };
  const operations = Object.entries(engine.algebra).map(([name, operation]) => [
    name,
    first(operation as (...args: readonly unknown[]) => unknown),
  ]);
  const { joining, differentiate } = engine;
  return {
    ...engine,
    algebra: Object.fromEntries(operations) as unknown as Algebra<Tensor>,
    upload: first(engine.upload),
    download: (kind, tensor) => guard(() => engine.download(kind, tensor)),
    scope: (work) => {
      check();
      return engine.scope(work);
    },
    ...(joining === undefined ? {} : { joining: first(joining) }),
    differentiate: differentiate === null ? null : first(differentiate),
  };
};

/** A backend of its own, with WebGPU's kernels. */
const register = (tf: Library, name: string, make: () => KernelBackend): void => {
  tf.copyRegisteredKernels(KERNELS, name);
  tf.registerBackend(name, make);
};

const unregister = (tf: Library, name: string): void => {
  if (tf.findBackendFactory(name) != null) tf.removeBackend(name);
  for (const { kernelName } of tf.getKernelsForBackend(name)) tf.unregisterKernel(kernelName, name);
};

/** `aroundMaking` runs what makes the backend, which asks whether there is a `navigator.gpu`. */
export const webgpuEngine = async (
  { device, info }: OpenDevice,
  aroundMaking: <A>(make: () => A) => A = (make) => make(),
): Promise<Engine<Tensor>> => {
  const watched = watchDevice(device, { throwing: true });
  const tf = await import("@tensorflow/tfjs-core");
  const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
  const { openBackend } = await import("@tadsr/engine-tfjs");
  // Otherwise tensors of less than 1,000 numbers are computed by the processor.
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  // Their types name all of WebGPU's interface. What comes from `requestDevice` has it.
  const whole = [device, info] as unknown as ConstructorParameters<typeof WebGPUBackend>;
  const backend = freeName();
  taken.add(backend);
  const close = async (): Promise<void> => {
    if (!taken.delete(backend)) return;
    watched.close();
    unregister(tf, backend);
  };
  try {
    const engine = await openBackend({
      name: "webgpu",
      backend,
      register: async () => register(tf, backend, () => aroundMaking(() => new WebGPUBackend(...whole))),
      memory: {
        // Measured: 2.3 with tiny-x4. The backend keeps released buffers for tensors of the same size.
        factor: 2.5,
        scores: Math.min(2 ** 28, mostBytes(device)),
        // No single result is larger than all results together.
        limit: mostBytes(device),
      },
    });
    return { ...guarded(engine, watched), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
};
