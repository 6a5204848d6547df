/** A device of the graphics card, with all that the card allows, or what is missing. */
import { firstLine, missingError } from "@tadsr/core";
import { type Gpu, type GpuAdapter, type GpuDevice, type GpuInfo, limitOf } from "./gpu.ts";

/** WebGPU gives a device the least of each limit that any card has, unless more is asked for. */
const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
];

export interface OpenDevice {
  readonly device: GpuDevice;
  readonly info: GpuInfo;
}

/** A page's own WebGPU. */
export const gpuOfPage = (): Gpu | undefined =>
  (globalThis as { readonly navigator?: { readonly gpu?: Gpu } }).navigator?.gpu;

/** Pages that were not sent in a secure way have no WebGPU, whatever the browser. */
const isInsecure = (): boolean =>
  (globalThis as { readonly isSecureContext?: boolean }).isSecureContext === false;

/** What to do, in words. */
export interface Remedies {
  /** If there is no WebGPU. */
  readonly gpu: string;
  /** If no graphics card can be used. */
  readonly adapter: string;
  /** If the graphics card gives no device. */
  readonly device: string;
}

const adapterOf = async (gpu: Gpu | undefined, remedies: Remedies): Promise<GpuAdapter> => {
  if (gpu === undefined)
    throw missingError(
      isInsecure()
        ? { missing: "WebGPU (the page is not secure)", remedy: "serve it by https or from localhost" }
        : { missing: "WebGPU (there is no navigator.gpu)", remedy: remedies.gpu },
    );
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null)
    throw missingError({ missing: "a graphics card that WebGPU can use", remedy: remedies.adapter });
  return adapter;
};

/**
 * `features` are wanted where the card has them. The promise is rejected with a `Missing` as the error's cause.
 */
export const requestDevice = async (
  gpu: Gpu | undefined,
  remedies: Remedies,
  features: readonly string[] = [],
): Promise<OpenDevice> => {
  const adapter = await adapterOf(gpu, remedies);
  const limits = LIMITS.map((name): readonly [string, number] => [name, limitOf(adapter, name)]);
  try {
    const device = await adapter.requestDevice({
      requiredFeatures: features.filter((name) => adapter.features.has(name)),
      requiredLimits: Object.fromEntries(limits.filter(([, limit]) => Number.isFinite(limit))),
    });
    return { device, info: adapter.info };
  } catch (thrown) {
    const missing = `a device of the graphics card (${firstLine(thrown)})`;
    throw missingError({ missing, remedy: remedies.device });
  }
};

/** What a page's user can do. */
export const remediesInBrowser: Remedies = {
  gpu: "use a browser that has it (Chrome, Edge, Safari 26, Firefox 141, or later), or the runtime onnx-wasm",
  adapter:
    "turn on hardware acceleration in the browser's settings and update the graphics driver, or use the runtime onnx-wasm",
  device: "close other pages that use it and load this one again, or use the runtime onnx-wasm",
};
