/** The parameters' names for a file's initializers. */
import type { Lowered } from "../lowering/lower.ts";
import { listingOf } from "../onnx/encode.ts";
import { type Numbers, numbersOf, type Value } from "../onnx/value.ts";

/**
 * `names` has those of arrays of numbers, `originals` says which array another was made of. An array that the file
 * has in several shapes or widths is named name, name.2 and so on. What was folded has no name.
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
