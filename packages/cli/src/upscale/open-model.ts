/** A model on a runtime, ready to enlarge pictures. */
import type { Shell } from "../shell.ts";
import type { Enlarger } from "./one-picture.ts";

export interface OpenModel extends Enlarger {
  readonly name: string;
  readonly runtime: string;
  readonly settings: { readonly seed: number; readonly steps: number; readonly tile: number };
  readonly close: () => Promise<void>;
}
