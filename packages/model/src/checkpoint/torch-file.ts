/** What PyTorch's two formats have in common after opening. */
import type { Checked } from "./complaint.ts";
import type { PickleValue, TorchStorage, TorchTensor } from "./pickle-values.ts";

export interface TorchFile {
  readonly format: "pytorch-zip" | "pytorch-legacy";
  /** The object that was given to `torch.save`. */
  readonly root: PickleValue;
  /** How many bytes must be read for this tensor. */
  readonly cost: (tensor: TorchTensor) => number;
  /** Reads that many bytes of a storage, beginning at the given one. */
  readonly read: (storage: TorchStorage, from: number, length: number) => Promise<Checked<Uint8Array>>;
}

/** A longer pickle is treated as an attack: the largest allowed number of tensors needs a third of it. */
export const LARGEST_PICKLE = 2 ** 23;
