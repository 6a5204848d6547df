/** Parameters that keep their first value. */
import type { ParameterSpec } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type { TrainError } from "./errors.ts";

const refused = (message: string): E.Either<TrainError, never> => E.left({ _tag: "Options", message });

/**
 * The parameters whose name is in `hold` or begins with a member of it. Errors: a member matches no parameter, or no
 * parameter is left to learn.
 */
export const heldParameters = (
  parameters: readonly Pick<ParameterSpec, "name">[],
  hold: readonly string[],
): E.Either<TrainError, ReadonlySet<string>> => {
  const names = parameters.map(({ name }) => name);
  const unknown = hold.find((start) => start === "" || !names.some((name) => name.startsWith(start)));
  if (unknown !== undefined) {
    const some = names.slice(0, 3).join(", ");
    return refused(
      `hold is "${unknown}"; allowed: the name of a parameter or its beginning, such as ${some} (tadsr inspect lists a model's)`,
    );
  }
  const held = new Set(names.filter((name) => hold.some((start) => name.startsWith(start))));
  return held.size < names.length
    ? E.right(held)
    : refused("hold has every parameter in it: nothing is left to learn");
};
