/** The parameters' names for a file's initializers. */
import type { Lowered } from "../lowering/lower.ts";
import { listingOf } from "../onnx/encode.ts";
import { type Numbers, numbersOf, type Value } from "../onnx/value.ts";

/**
 * `names` has the names of arrays of numbers, and `originals` says which array another one was made of. If the file has
 * an array in several shapes or widths, they are called name, name.2 and so on. Folded constants have no name.
 */
export const weightNames = (
  lowered: Lowered,
  names: ReadonlyMap<unknown, string>,
  originals: ReadonlyMap<Numbers, Numbers> = new Map(),
): ((initializer: Value) => string | null) => {
  const counts = new Map<string, number>();
  const byValue = new Map<number, string>();
  for (const value of listingOf(lowered).initializers) {
    const numbers = numbersOf(value);
    const name = numbers === null ? undefined : names.get(originals.get(numbers) ?? numbers);
    if (name === undefined) continue;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    byValue.set(value.id, count === 1 ? name : `${name}.${count}`);
  }
  return ({ id }) => byValue.get(id) ?? null;
};
