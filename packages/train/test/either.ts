/** The value of a result. Throws if it is an error. */
import * as E from "fp-ts/lib/Either.js";

export const right = <L extends { readonly message: string }, A>(result: E.Either<L, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

export const message = <A>(result: E.Either<{ readonly message: string }, A>): string =>
  E.isLeft(result) ? result.left.message : "it succeeded";
