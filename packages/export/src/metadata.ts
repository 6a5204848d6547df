/** The metadata of an exported file. */
import type { ModelDescription, PaperDescription, PictureNetworkConfig } from "@tadsr/model";
import type { Part } from "./part.ts";

/** Of weights of the authors' files, and of others that this project did not train. */
export const AUTHORS_LICENCE =
  "the weights' own licence, from their authors and not from tadsr: read it before any use";

/** Of models of the small family that anyone may have trained. */
export const OWN_LICENCE =
  "the weights' own licence, which the people who trained them choose; tadsr adds no terms";

const NOISE =
  "A picture is a function of a seed. Number i of the noise: Philox 4x32-10 with the seed as key (low and high 32 " +
  "bits) and the counter [floor(i / 4), stream], each as low and high 32 bits; stream 0. Words (a, b) at an even i " +
  "give r cos(2 pi b / 2^32) there and r sin(2 pi b / 2^32) after it, r = sqrt(-2 ln((2 a + 1) / 2^33)) (Box-Muller). " +
  "The value of (row, column, channel) is number (row W + column) C + channel, W the columns of the whole padded " +
  "picture's latent and C its channels: channels are innermost there, and before the rows in the file's input. Any " +
  "other noise from N(0, 1) works as well.";

/** What is known of a file with only a network. */
export interface PictureDescription {
  readonly name: string;
  readonly network: PictureNetworkConfig;
}

export interface Described {
  readonly description: ModelDescription | PaperDescription | PictureDescription;
  /** What the file says of the weights' licence. */
  readonly licence: string;
}

/** Types of the numbers in the file and of its computation. */
export type ExportDtype = "float32" | "float16";

/** Names and texts for the file's metadata; `size` is HEIGHTxWIDTH of the LR picture, or that it is open. */
export const metadataOf = (
  part: Part,
  { description, licence }: Described,
  { dtype, size }: { readonly dtype: ExportDtype; readonly size: string },
): Readonly<Record<string, string>> => ({
  model: description.name,
  part: part.name,
  configuration: JSON.stringify(description),
  licence,
  use: part.use,
  values: JSON.stringify(part.values),
  size,
  dtype: dtype === "float32" ? "float32" : "float16, with float32 inputs and outputs",
  ...("noise" in part.values ? { seed: NOISE } : {}),
});
