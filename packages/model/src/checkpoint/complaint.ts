/** What is wrong with a file, without the file's name. */
import * as E from "fp-ts/lib/Either.js";
import { type InvalidCheckpoint, invalidCheckpoint, type RefusedCode, refusedCode } from "../errors.ts";

/** `refused`: the file asks to run code. None was run. */
export type Complaint =
  | { readonly kind: "invalid"; readonly found: string; readonly expected: string }
  | { readonly kind: "refused"; readonly name: string };

export type Checked<A> = E.Either<Complaint, A>;

export const invalid = (found: string, expected: string): E.Either<Complaint, never> =>
  E.left({ kind: "invalid", found, expected });

export const refused = (name: string): E.Either<Complaint, never> => E.left({ kind: "refused", name });

/** The complaint as an error; `key` is the tensor or the part of the file. */
export const complainAbout =
  (file: string, key: string | null) =>
  (complaint: Complaint): InvalidCheckpoint | RefusedCode =>
    complaint.kind === "refused"
      ? refusedCode(file, complaint.name)
      : invalidCheckpoint(file, key, complaint.expected, complaint.found);
