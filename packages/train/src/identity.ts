/** The options of a training, so that it is not resumed with others. */

/** The options that decide the result, as JSON. */
export type Identity = string;

/** Each number, word or list, by its path, such as `rate.peak`. */
const leavesOf = (value: unknown, path = ""): readonly (readonly [string, string])[] =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, path === "" ? key : `${path}.${key}`))
    : [[path, JSON.stringify(value) ?? "absent"]];

const fieldsOf = (identity: Identity): ReadonlyMap<string, string> => {
  try {
    return new Map(leavesOf(JSON.parse(identity)));
  } catch {
    return new Map();
  }
};

/** Values that mean that an option is not used. Checkpoints of older versions lack such options. */
const UNUSED: ReadonlySet<string> = new Set(["null", "0", "false", "[]"]);

/** A longer or shorter training of the same kind counts as the same training. */
const FREE: ReadonlySet<string> = new Set(["steps"]);

/** "batch was 2 and is 3", for every field that differs. */
export const differences = (then: Identity, now: Identity): readonly string[] => {
  const [before, after] = [fieldsOf(then), fieldsOf(now)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [was, is] = [before.get(name) ?? "absent", after.get(name) ?? "absent"];
    const same = was === is || (was === "absent" && UNUSED.has(is)) || (is === "absent" && UNUSED.has(was));
    return same || FREE.has(name) ? [] : [`${name} was ${was} and is ${is}`];
  });
};
