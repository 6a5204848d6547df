/** What the two formats of PyTorch have in common once they are opened. */
import type { Checked } from "./complaint.ts";
import type { PickleValue, TorchStorage, TorchTensor } from "./pickle-values.ts";

export interface TorchFile {
  readonly format: "pytorch-zip" | "pytorch-legacy";
  /** What was given to `torch.save`. */
  readonly root: PickleValue;
  /** Bytes that reading this tensor costs. */
  readonly cost: (tensor: TorchTensor) => number;
  /** That many bytes of a storage, from the given one on. */
  readonly read: (storage: TorchStorage, from: number, length: number) => Promise<Checked<Uint8Array>>;
}

/** A longer pickle is taken for an attack: the tensors it may have need a third of that. */
export const LARGEST_PICKLE = 2 ** 23;
