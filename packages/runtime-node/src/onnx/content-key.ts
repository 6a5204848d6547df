/** A graph's key, which is the same for the same graph in every process. */
import { createHash } from "node:crypto";
import { bytesOf, encodeModel, type Lowered, listingOf } from "@tadsr/engine-onnx";

const digests = new WeakMap<object, string>();

/** The digest of a tensor's numbers. Each array is read only once. */
const digestOf = (numbers: Parameters<typeof bytesOf>[0]): string => {
  const known = digests.get(numbers) ?? createHash("sha256").update(bytesOf(numbers)).digest("hex");
  digests.set(numbers, known);
  return known;
};

/** `circumstances` is everything else that an optimised file depends on: versions, and the processor. */
export const contentKey = (graph: Lowered, circumstances: readonly string[]): string => {
  const hash = createHash("sha256");
  for (const line of circumstances) hash.update(`${line}\n`);
  const { initializers } = listingOf(graph);
  for (const { source } of initializers) if (source.tag === "initializer") hash.update(digestOf(source.data));
  // The file without its weights: each gets an offset in another file, which does not exist.
  hash.update(encodeModel(graph, { beside: { file: "-", offsetOf: ({ id }) => id } }));
  return hash.digest("hex");
};
