/** NVIDIA's graphics cards, as its driver lists them. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { missingError } from "@tadsr/core";

/** Their names, in the order of their places on the bus; empty if there is no driver. */
export const cudaDevices = async (): Promise<readonly string[]> => {
  const query = promisify(execFile)("nvidia-smi", ["--query-gpu=name", "--format=csv,noheader"]);
  const { stdout } = await query.catch(() => ({ stdout: "" }));
  return stdout.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
};

/** The error that there is no such card, with those that there are. */
const noSuchDevice = (device: number, devices: readonly string[]): Error =>
  missingError({
    missing: `graphics card ${device}`,
    remedy:
      devices.length === 0
        ? "there is none that can be chosen; leave the option device out"
        : `choose one of ${devices.map((name, i) => `${i} (${name})`).join(", ")}`,
  });

/**
 * Makes sure that CUDA has this card under this number. Rejects if not. CUDA orders cards by their speed, unless it is
 * told to use the driver's order.
 */
export const checkCudaDevice = async (
  device: number,
  environment: Record<string, string | undefined> = process.env,
  devices: () => Promise<readonly string[]> = cudaDevices,
): Promise<void> => {
  if (environment.CUDA_VISIBLE_DEVICES !== undefined)
    throw missingError({
      missing: `graphics card ${device}, since CUDA_VISIBLE_DEVICES numbers the cards anew`,
      remedy: "use the option device or CUDA_VISIBLE_DEVICES, and leave the other out",
    });
  const listed = await devices();
  if (listed[device] === undefined) throw noSuchDevice(device, listed);
  environment.CUDA_DEVICE_ORDER = "PCI_BUS_ID";
};
