/** WebGPU's interfaces, as far as they are used here. `navigator.gpu` fits them. */

/** Numbers by their names in WebGPU, such as `maxBufferSize`. */
export type GpuLimits = object;

/** What the browser tells of the graphics card, often less than there is. */
export interface GpuInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
}

export interface GpuBufferDescriptor {
  readonly size: number;
  readonly usage: number;
  readonly mappedAtCreation?: boolean;
}

/** Why a device went away. */
export interface GpuLoss {
  readonly reason: string;
  readonly message: string;
}

/** An error that no call reported: the work was refused, or memory ran out. */
export interface GpuErrorEvent {
  readonly error: { readonly message: string; readonly constructor: { readonly name: string } };
  preventDefault(): void;
}

export interface GpuDevice {
  readonly limits: GpuLimits;
  readonly lost: Promise<GpuLoss>;
  createBuffer(descriptor: GpuBufferDescriptor): unknown;
  addEventListener(type: "uncapturederror", listener: (event: GpuErrorEvent) => void): void;
  destroy(): void;
}

export interface GpuAdapter {
  readonly limits: GpuLimits;
  readonly features: { has(name: string): boolean };
  readonly info: GpuInfo;
  /** Takes `requiredFeatures` and `requiredLimits`; which there are differs between versions of WebGPU's types. */
  requestDevice(descriptor: object): Promise<GpuDevice>;
}

export interface Gpu {
  requestAdapter(options?: {
    readonly powerPreference?: "low-power" | "high-performance";
  }): Promise<GpuAdapter | null>;
}

/** A limit of the device in bytes, or of whatever it counts. */
export const limitOf = ({ limits }: Pick<GpuDevice, "limits">, name: string): number =>
  Number(Reflect.get(limits, name));
