/** The originals of an evaluation: pictures of a folder. All are listed at once and read one at a time. */
import { basename, join } from "node:path";
import { readPhotograph, type UnreadablePhotograph } from "@tadsr/files";
import { type LeftOut, type Original, stemOf } from "@tadsr/metrics";
import { pictureNames } from "@tadsr/train";
import * as TE from "fp-ts/lib/TaskEither.js";
import { because, type EvaluateError } from "./errors.ts";

export interface Originals {
  /** The folder's own name, without its path. */
  readonly title: string;
  readonly pictures: readonly Original[];
  /** Pictures left out because another has the same name except for its extension. */
  readonly leftOut: readonly LeftOut[];
}

/** The names of a folder's pictures. It is an error if there are none. */
export const namesIn = (folder: string): TE.TaskEither<EvaluateError, readonly string[]> =>
  TE.mapLeft(because("UnusableFolder"))(pictureNames(folder));

/** Decodes a file. The error is only the reason. */
export const readPicture = (file: string): Original["read"] =>
  TE.mapLeft(({ reason }: UnreadablePhotograph) => ({ message: `it cannot be read: ${reason}` }))(
    readPhotograph(file),
  );

export const listOriginals = (folder: string): TE.TaskEither<EvaluateError, Originals> =>
  TE.map((files: readonly string[]): Originals => {
    const title = basename(folder);
    const first = new Map<string, string>();
    const leftOut: LeftOut[] = [];
    for (const file of files) {
      const name = stemOf(file);
      const other = first.get(name);
      if (other === undefined) first.set(name, file);
      else leftOut.push({ of: title, name: file, reason: `${other} has the same name` });
    }
    const pictures = [...first].map(([name, file]) => ({ name, read: readPicture(join(folder, file)) }));
    return { title, pictures, leftOut };
  })(namesIn(folder));
