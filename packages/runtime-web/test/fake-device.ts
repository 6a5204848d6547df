/** A WebGPU device that does nothing, and whose fate a test decides. */
import type { Gpu, GpuBufferDescriptor, GpuDevice, GpuErrorEvent, GpuLoss } from "../src/gpu.ts";

export interface FakeDevice {
  readonly device: GpuDevice;
  readonly made: readonly GpuBufferDescriptor[];
  readonly lose: (loss: GpuLoss) => void;
  readonly raise: (kind: string, message: string) => void;
  readonly isDestroyed: () => boolean;
}

export const LIMITS = { maxBufferSize: 1000, maxStorageBufferBindingSize: 500 };

/** `refuses` is thrown by every buffer. */
export const fakeDevice = (refuses: Error | null = null): FakeDevice => {
  const made: GpuBufferDescriptor[] = [];
  const listeners: ((event: GpuErrorEvent) => void)[] = [];
  let lose: FakeDevice["lose"] = () => undefined;
  let destroyed = false;
  const lost = new Promise<GpuLoss>((resolve) => {
    lose = resolve;
  });
  return {
    device: {
      limits: LIMITS,
      lost,
      createBuffer: (descriptor) => {
        if (refuses !== null) throw refuses;
        made.push(descriptor);
        return {};
      },
      addEventListener: (_, listener) => listeners.push(listener),
      destroy: () => {
        destroyed = true;
      },
    },
    made,
    lose: (loss) => lose(loss),
    raise: (kind, message) => {
      const error = { message, constructor: { name: kind } };
      for (const listener of listeners) listener({ error, preventDefault: () => undefined });
    },
    isDestroyed: () => destroyed,
  };
};

/** WebGPU whose adapter gives this device, or gives none with this error. */
export const fakeGpu = (device: GpuDevice | Error, asked: object[] = []): Gpu => ({
  requestAdapter: async () => ({
    limits: LIMITS,
    features: { has: (name) => name === "shader-f16" },
    info: { vendor: "nobody", architecture: "", device: "", description: "" },
    requestDevice: async (descriptor) => {
      asked.push(descriptor);
      if (device instanceof Error) throw device;
      return device;
    },
  }),
});
