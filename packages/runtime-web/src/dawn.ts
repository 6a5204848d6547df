/** WebGPU in Node, by Dawn: npm's package webgpu. */
import { firstLine, lazyRuntime, missingError, type Runtime } from "@tadsr/core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { listAdapters, optionsFor } from "./dawn-adapters.ts";
import type { Gpu } from "./gpu.ts";
import { requestDevice } from "./request-device.ts";
import { webgpuEngine } from "./webgpu-engine.ts";

export interface DawnOptions {
  /** Dawn's own options, such as `adapter=NAME` and `backend=vulkan`. */
  readonly dawn?: readonly string[];
  /** The number of the graphics card in the list of `dawnDevices`; by default Dawn chooses. */
  readonly device?: number;
}

const DRIVER =
  "it needs a graphics driver with Vulkan, Metal or Direct3D 12 (in software: Debian's chromium and libvulkan1, and " +
  "VK_DRIVER_FILES=/usr/lib/chromium/vk_swiftshader_icd.json)";

const load = async (): Promise<typeof import("webgpu")> => {
  try {
    return await import("webgpu");
  } catch (thrown) {
    throw missingError({
      missing: `the package webgpu (${firstLine(thrown)})`,
      remedy: "install it: npm install webgpu",
    });
  }
};

/** The names of the graphics cards that Dawn finds; empty without the package webgpu or without a driver. */
export const dawnDevices = async (): Promise<readonly string[]> => {
  const library = await load().catch(() => null);
  const adapters = library === null ? [] : await listAdapters(library.create);
  return adapters.map(({ name, backend }) => `${name}, ${backend}`);
};

/** Dawn's options for one graphics card. Rejects if it is not there. */
const deviceOptions = async (
  create: Parameters<typeof listAdapters>[0],
  device: number,
): Promise<readonly string[]> => {
  const adapters = await listAdapters(create);
  const options = optionsFor(adapters, device);
  if (options !== null) return options;
  const list = adapters.map(({ name, backend }, i) => `${i} (${name}, ${backend})`).join(", ");
  throw missingError(
    adapters[device] === undefined
      ? {
          missing: `graphics card ${device}`,
          remedy: list === "" ? "there is none that can be chosen" : `choose one of ${list}`,
        }
      : {
          missing: `a way to choose graphics card ${device}`,
          remedy: `Dawn chooses by name and takes the first of those with this one: ${list}`,
        },
  );
};

/** The classes and constants that WebGPU's users expect among the globals. What is there already stays. */
const addGlobals = (globals: object): void => {
  for (const [name, value] of Object.entries(globals))
    if (!(name in globalThis))
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
};

/** Runs `make` with a `navigator` that has WebGPU, and then removes it: many libraries take it for a browser's. */
const withNavigator =
  (gpu: Gpu) =>
  <A>(make: () => A): A => {
    const own = Object.getOwnPropertyDescriptor(globalThis, "navigator");
    Object.defineProperty(globalThis, "navigator", { value: { gpu }, configurable: true });
    try {
      return make();
    } finally {
      if (own === undefined) Reflect.deleteProperty(globalThis, "navigator");
      else Object.defineProperty(globalThis, "navigator", own);
    }
  };

/**
 * Dawn by its options. It is kept for as long as the process lives: if it is collected as garbage while an answer of a
 * destroyed device is on its way, the process ends with "std::system_error: Invalid argument".
 */
const kept = new Map<string, Gpu>();

const dawnWith = (create: (options: string[]) => Gpu, options: readonly string[]): Gpu => {
  const key = JSON.stringify(options);
  const gpu = kept.get(key) ?? create([...options]);
  kept.set(key, gpu);
  return gpu;
};

/** The runtime `webgpu` in Node. It needs the package webgpu, which is installed separately. */
export const dawnRuntime = ({ dawn = [], device }: DawnOptions = {}): Runtime<Tensor> =>
  lazyRuntime({
    name: "webgpu",
    load: async () => {
      const { create, globals } = await load();
      addGlobals(globals);
      const chosen = device === undefined ? [] : await deviceOptions(create, device);
      const gpu = dawnWith(create, [...dawn, ...chosen]);
      const remedies = { gpu: DRIVER, adapter: DRIVER, device: DRIVER };
      return webgpuEngine(await requestDevice(gpu, remedies), withNavigator(gpu));
    },
    missing: "WebGPU in Node",
    remedy: DRIVER,
  });

export const webgpu = dawnRuntime();
